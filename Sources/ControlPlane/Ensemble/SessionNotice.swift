import Ensemble
import Foundation
import Store

/// What the event log says of a session that ended.
public struct SessionNotice: Codable, Sendable, Equatable {
    public var session: Int64
    public var outcome: String
    public var reason: String?
    /// Nil when it ended before its first iteration.
    public var summary: SessionSummary?
    public var seconds: Double?

    public init(_ record: SessionRecord) throws {
        session = record.id
        outcome = record.state.rawValue
        reason = record.reason
        summary = try record.result.map { try JSON.value($0) }
        if let start = record.startedAt, let end = record.finishedAt { seconds = end.timeIntervalSince(start) }
    }
}

/// What the event log says when somebody came in, went out or set the weights.
public struct WeightsNotice: Codable, Sendable, Equatable {
    /// `admitted`, `withdrawn` or `ordered`.
    public var cause: String
    public var reason: String
    public var weights: [String: Double]
}
