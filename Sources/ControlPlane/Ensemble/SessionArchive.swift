import Ensemble
import Foundation
import Store

/// A session to carry to another installation: one JSON file.
public struct SessionArchive: Codable, Sendable {
    public static let format = 1

    public let format: Int
    public let session: SessionRecord
    public let iterations: [SessionIterationRow]
    public let models: [SessionModelRow]
    public let trades: [SessionTradeRow]
    public let changes: [WeightChangeRow]

    /// Nil for a session that is not there or has not ended.
    public init?(_ id: Int64, in transaction: Transaction) throws {
        guard let record = try transaction.session(id), record.state.isFinished else { return nil }
        format = Self.format
        session = record
        iterations = try transaction.iterations(of: id)
        models = try transaction.models(of: id)
        trades = try transaction.trades(of: id)
        changes = try transaction.weightChanges(ofSession: id)
    }

    /// Why a file is no session.
    public enum Refusal: Error, Sendable, CustomStringConvertible {
        case unreadable(String)
        case otherFormat(Int)
        case inconsistent(String)

        public var description: String {
            switch self {
            case .unreadable(let reason): "this file holds no exported session (\(reason)); nothing was stored"
            case .otherFormat(let format):
                "this session was exported in format \(format), and \(SessionArchive.format) is understood; nothing was stored"
            case .inconsistent(let what): "the exported session does not hold together: \(what); nothing was stored"
            }
        }
    }

    /// Reads and checks every part, before anything is stored.
    ///
    /// - Throws: ``Refusal``.
    public init(decoding data: Data) throws(Refusal) {
        do {
            self = try JSON.value(String(decoding: data, as: UTF8.self))
            _ = try JSON.value(session.plan, as: SessionPlan.self)
            if let result = session.result { _ = try JSON.value(result, as: SessionSummary.self) }
            if let weights = session.weights { _ = try JSON.value(weights, as: EnsembleWeights.self) }
            for row in iterations { _ = try JSON.value(row.result, as: IterationResult.self) }
            for row in trades {
                _ = try JSON.value(row.result, as: EnsembleTrade.Result.self)
                _ = try JSON.value(row.decision, as: EnsembleDecision.self)
            }
        } catch {
            throw .unreadable("\(error)")
        }
        guard format == Self.format else { throw .otherFormat(format) }
        guard iterations.count <= session.iterations else {
            throw .inconsistent("it has \(iterations.count) iterations and says \(session.iterations)")
        }
        let figures =
            models.flatMap { [$0.weight, $0.winRate, $0.expectancy, $0.roi, $0.drawdown] }
            + changes.flatMap { [$0.old, $0.raw, $0.projected, $0.gain] } + trades.flatMap { [$0.netReturn, $0.size] }
        guard figures.allSatisfy(\.isFinite) else { throw .inconsistent("a figure is no finite number") }
    }

    /// Stores it under a number of its own, marked as imported; the weights in use are not touched.
    ///
    /// - Returns: the number.
    public func store(in transaction: Transaction) throws -> Int64 {
        var record = session
        record.id = 0
        record.idempotencyKey = nil
        record.state = .imported
        let id = try transaction.insert(record).id
        for var row in iterations {
            row.sessionId = id
            try transaction.save(row)
        }
        for var row in models {
            row.sessionId = id
            try transaction.save(row)
        }
        for var row in trades {
            row.sessionId = id
            try transaction.insert(row)
        }
        for var row in changes {
            row.sessionId = id
            row.tradeId = nil
            try transaction.insert(row)
        }
        return id
    }
}
