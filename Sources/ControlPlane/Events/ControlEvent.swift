import Foundation
import Market
import Store

/// What the control plane tells the world. Stored as JSON with the state it speaks of, read by whoever cares.
public enum ControlEvent: Codable, Sendable, Equatable {
    case serviceStarted(ServiceStart)
    case cycleStarted(CycleStart)
    case cycleResumed(CycleResume)
    case cycleFinished(CycleReport)
    case policyChanged(PolicyChange)
    case tradeClosed(TradeNotice)
    case alarmRaised(Alarm)
    case alarmCleared(Alarm)
    case scheduleMissed(ScheduleMiss)
    case accessGranted(AccessGrant)
    case sessionFinished(SessionNotice)
    case weightsChanged(WeightsNotice)

    public struct ServiceStart: Codable, Sendable, Equatable {
        public var version: String
        /// True when the process before did not say goodbye.
        public var afterCrash: Bool
        public var champion: String?
        /// Messages that were on their way when it died; they may have arrived.
        public var uncertainMessages: Int
    }

    public struct CycleStart: Codable, Sendable, Equatable {
        public var cycle: Int64
        public var trigger: String
        public var requestedBy: String
        public var steps: Int
    }

    public struct CycleResume: Codable, Sendable, Equatable {
        public var cycle: Int64
        public var step: String
        public var attempt: Int
    }

    public struct PolicyChange: Codable, Sendable, Equatable {
        public var from: Int?
        public var to: Int
        public var by: String
        public var sha256: String
    }

    public struct TradeNotice: Codable, Sendable, Equatable {
        public var trade: Int64
        public var source: String
        public var policy: Int?
        public var symbol: String
        public var side: String
        public var netReturn: Double
        public var entryPrice: Double
        public var exitPrice: Double
        public var exitReason: String
        public var bars: Int
        public var exitAt: Date
        public var synthetic: Bool
        /// True when the loss is above the operator's threshold, which is what offers the *Why?* button.
        public var isNotable: Bool
    }

    public struct Alarm: Codable, Sendable, Equatable {
        /// `no-cycle`, `ingest`, `disk`, `memory`, …: one alarm and one all-clear a key.
        public var key: String
        public var detail: String
        public var since: Date
        public var until: Date?
    }

    public struct ScheduleMiss: Codable, Sendable, Equatable {
        public var job: String
        public var scheduledFor: Date
        public var missed: Int
        public var ran: Bool
        public var reason: String
    }

    public struct AccessGrant: Codable, Sendable, Equatable {
        public var user: Int64
        public var name: String
        public var role: String
        public var by: String

        public init(user: Int64, name: String, role: String, by: String) {
            self.user = user
            self.name = name
            self.role = role
            self.by = by
        }
    }
}

extension ControlEvent {
    /// The name under which it stands in the log and the live stream.
    public var kind: String {
        switch self {
        case .serviceStarted: "service.started"
        case .cycleStarted: "cycle.started"
        case .cycleResumed: "cycle.resumed"
        case .cycleFinished: "cycle.finished"
        case .policyChanged: "policy.changed"
        case .tradeClosed: "trade.closed"
        case .alarmRaised: "alarm.raised"
        case .alarmCleared: "alarm.cleared"
        case .scheduleMissed: "schedule.missed"
        case .accessGranted: "access.granted"
        case .sessionFinished: "session.finished"
        case .weightsChanged: "weights.changed"
        }
    }

    var cycleId: Int64? {
        switch self {
        case .cycleStarted(let start): start.cycle
        case .cycleResumed(let resume): resume.cycle
        case .cycleFinished(let report): report.cycle
        default: nil
        }
    }

    /// The row to append in the transaction that makes the event true.
    public func record(at now: Date) throws -> EventRecord {
        EventRecord(at: now, kind: kind, cycleId: cycleId, payload: try JSON.text(self))
    }

    public init(_ record: EventRecord) throws { self = try JSON.value(record.payload) }
}

extension Transaction {
    /// Appends the event in this transaction.
    @discardableResult
    public func tell(_ event: ControlEvent, at now: Date) throws -> Int64 { try append(event.record(at: now)) }
}

/// JSON as it is stored: sorted keys, ISO 8601 dates.
public enum JSON {
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    public static func value<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(text.utf8))
    }
}
