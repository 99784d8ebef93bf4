import Analyst
import ControlPlane
import Hummingbird
import Store

let tradeRoutes: [Route] = [
    .get("trades", trades), .post("trades", takeTrades), .get("trades/:trade/why", why),
    .get("metrics", learningMetrics),
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

/// Closed trades of a user's own bot: one object or a list, all of them or none. `?source=NAME` is the bot's name.
private func takeTrades(_ call: Call) async throws -> Response {
    let source = call.request.uri.queryParameters["source"].map(String.init) ?? "bot"
    guard TradeImport.isSource(source) else {
        throw Problem.badRequest(
            "“source” must be 1 to 32 small letters, digits, _ or -, and none of ours. \(TradeImport.nothing)")
    }
    let body = try await call.body()
    let control = call.control
    let trades: TradeImport
    do { trades = try TradeImport(body, fee: control.configuration.costs.fee) } catch {
        throw Problem.badRequest("\(error)")
    }
    return try await call.order("POST /api/v1/trades", "\(source), \(trades.rows.count) trades") { transaction in
        do {
            let taken = try control.store(trades, source: source, in: transaction)
            return .init(
                answer: .success(try .json(taken, status: .created)),
                audit: "\(taken.stored.count) stored, \(taken.known) known")
        } catch let error as TradeImportError {
            // Rolled back by being thrown on: half of a list must not stay.
            throw Problem.conflict("\(error)")
        }
    }
}

private func learningMetrics(_ call: Call) throws -> Response {
    let now = call.control.now()
    return try .json(try call.control.store.read { try LearningMetrics($0, now: now) })
}
