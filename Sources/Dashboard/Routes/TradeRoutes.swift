import Analyst
import ControlPlane
import Hummingbird
import Store

let tradeRoutes: [Route] = [
    .get("trades", trades), .get("trades/:trade/why", why), .get("metrics", learningMetrics),
]

private func trades(_ call: Call) throws -> Response {
    let limit = try call.limit()
    let rows = try call.control.store.read { try $0.trades(limit: limit) }
    return try .json(["trades": rows.map(TradeBody.init)])
}

/// The answer by rule; `?language=ru` for Russian.
private func why(_ call: Call) async throws -> Response {
    let name = call.request.uri.queryParameters["language"].map(String.init) ?? AnswerLanguage.english.rawValue
    guard let language = AnswerLanguage(rawValue: name) else {
        throw Problem.badRequest("“language” must be en or ru.")
    }
    guard let trade = call.number("trade"), let analysis = try await call.control.analyst.analysis(of: trade) else {
        throw Problem.notFound("There is no such trade. GET /api/v1/trades lists the latest.")
    }
    return try .json(TradeExplanation(analysis, in: language))
}

private func learningMetrics(_ call: Call) throws -> Response {
    let now = call.control.now()
    return try .json(try call.control.store.read { try LearningMetrics($0, now: now) })
}
