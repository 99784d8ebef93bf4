import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Store

let cycleRoutes: [Route] = [
    .get("cycles", list), .post("cycles", start), .get("cycles/:cycle", show), .post("cycles/:cycle/stop", stop),
]

private func list(_ call: Call) throws -> Response {
    let limit = try call.limit()
    let records = try call.control.store.read { try $0.cycles(limit: limit) }
    return try .json(["cycles": records.map { CycleBody($0) }])
}

private func show(_ call: Call) throws -> Response {
    let live = call.control.progress.snapshot
    let body = try call.control.store.read { transaction in
        try CycleBody(find(call, in: transaction), live: live, in: transaction)
    }
    return try .json(body)
}

private func find(_ call: Call, in transaction: Transaction) throws -> CycleRecord {
    guard let id = call.number("cycle"), let record = try transaction.cycle(id) else { throw Problem.noSuchCycle }
    return record
}

private func start(_ call: Call) async throws -> Response {
    let key = try IdempotencyKey(call.request)
    let order = try CycleOrder(decoding: try await call.body())
    let control = call.control
    let arguments = [order.steps.map { "steps=\($0)" }, order.seed.map { "seed=\($0)" }, key.map { "key=\($0.text)" }]
    return try await call.order("POST /api/v1/cycles", arguments.compactMap(\.self).joined(separator: " ")) {
        transaction in
        let request = try control.requestCycle(
            trigger: "http", by: "http", steps: order.steps, seed: order.seed, key: key?.stored, in: transaction)
        switch request {
        case .queued(let record):
            return .init(answer: .success(try accepted(record)), audit: "cycle \(record.id) queued") { $0.wakeCycles() }
        case .known(let record) where !order.matches(record):
            return .init(
                answer: .failure(.otherOrder(of: record)), audit: "refused, the key belongs to cycle \(record.id)")
        case .known(let record):
            return .init(answer: .success(try accepted(record)), audit: "known as cycle \(record.id)")
        case .busy(let record):
            return .init(answer: .failure(.busy(with: record)), audit: "refused, cycle \(record.id) is active")
        }
    }
}

/// 202 while there is something to wait for, 200 afterwards.
private func accepted(_ record: CycleRecord) throws -> Response {
    try .json(
        CycleBody(record), status: record.state.isFinished ? .ok : .accepted,
        headers: [.location: "/api/v1/cycles/\(record.id)"])
}

private func stop(_ call: Call) async throws -> Response {
    guard let id = call.number("cycle") else { throw Problem.noSuchCycle }
    let control = call.control
    return try await call.order("POST /api/v1/cycles/\(id)/stop", "") { transaction in
        guard let record = try transaction.cycle(id) else {
            return .init(answer: .failure(.noSuchCycle), audit: "no such cycle")
        }
        switch try control.cycles.stop(id, in: transaction) {
        case .withdrawn, .stopping:
            let body = CycleBody(try transaction.cycle(id) ?? record)
            return .init(answer: .success(try .json(body, status: .accepted)), audit: "cycle \(id) stopping") {
                $0.cycles.obeyStop(of: id)
            }
        case .tooLate(let step):
            let detail = "Cycle \(id) is in “\(step.rawValue)” and ends by itself in a moment; it is no longer stopped."
            return .init(answer: .failure(.conflict(detail, cycle: id)), audit: "too late, \(step.rawValue)")
        case nil:
            let detail = "Cycle \(id) has ended already: \(record.state.rawValue)."
            return .init(answer: .failure(.conflict(detail, cycle: id)), audit: "has ended already")
        }
    }
}

extension Problem {
    fileprivate static let noSuchCycle = notFound("There is no cycle with this number. GET /api/v1/cycles lists them.")

    fileprivate static func busy(with record: CycleRecord) -> Problem {
        let stage = record.step.map { "running (\($0))" } ?? record.state.rawValue
        return conflict(
            """
            Cycle \(record.id) is \(stage), and one runs at a time. Nothing was added; wait for it, or stop it with \
            POST /api/v1/cycles/\(record.id)/stop.
            """, cycle: record.id)
    }

    fileprivate static func otherOrder(of record: CycleRecord) -> Problem {
        Problem(
            .unprocessableContent,
            """
            This Idempotency-Key was used for cycle \(record.id), which was ordered otherwise. Nothing was added; use a \
            new key for a new order.
            """, cycle: record.id)
    }
}
