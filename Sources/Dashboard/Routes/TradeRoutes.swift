import ControlPlane
import Hummingbird
import Store

let tradeRoutes: [Route] = [.get("trades", trades), .get("metrics", learningMetrics)]

private func trades(_ call: Call) throws -> Response {
    let limit = try call.limit()
    let rows = try call.control.store.read { try $0.trades(limit: limit) }
    return try .json(["trades": rows.map(TradeBody.init)])
}

private func learningMetrics(_ call: Call) throws -> Response {
    let now = call.control.now()
    return try .json(try call.control.store.read { try LearningMetrics($0, now: now) })
}
