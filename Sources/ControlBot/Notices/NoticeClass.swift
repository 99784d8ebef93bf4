import ControlPlane
import Foundation
import Store

/// Kinds of notices, each with a switch of its own. The names are those of `notifications.levels` in the configuration.
public enum NoticeClass: String, Codable, Sendable, CaseIterable {
    case cyclePromoted = "cycle_promoted"
    case cycleRejected = "cycle_rejected"
    case cycleFailed = "cycle_failed"
    case cycleCancelled = "cycle_cancelled"
    case cycleInterrupted = "cycle_interrupted"
    case cycleStarted = "cycle_started"
    case deployment
    case tradeLost = "trade_lost"
    case tradeClosed = "trade_closed"
    case access
    case ensemble
    case alarm
    case schedule
    case service

    /// Class under which answers to orders stand in the outbox; they cannot be switched off.
    static let reply = "reply"

    public init(_ event: ControlEvent) {
        switch event {
        case .serviceStarted: self = .service
        case .cycleStarted, .cycleResumed: self = .cycleStarted
        case .cycleFinished(let report):
            switch report.outcome {
            case .promoted: self = .cyclePromoted
            case .rejected: self = .cycleRejected
            case .cancelled: self = .cycleCancelled
            case .interrupted: self = .cycleInterrupted
            case .failed, .queued, .running: self = .cycleFailed
            }
        case .policyChanged: self = .deployment
        case .tradeClosed(let trade): self = trade.isNotable ? .tradeLost : .tradeClosed
        case .alarmRaised, .alarmCleared: self = .alarm
        case .scheduleMissed: self = .schedule
        case .accessGranted: self = .access
        case .sessionFinished, .weightsChanged: self = .ensemble
        }
    }

    /// Must be seen even at the price of being seen twice.
    var isCritical: Bool {
        switch self {
        case .cycleStarted, .tradeClosed, .schedule, .service: false
        default: true
        }
    }
}

/// How a kind of notice is told.
public enum NoticeLevel: String, Codable, Sendable, CaseIterable {
    case on, silent, digest, off
}

/// Hours in which notices wait for one digest at their end; alarms pass.
public struct QuietHours: Codable, Sendable, Hashable, CustomStringConvertible {
    /// Minutes after midnight in the schedule's zone.
    public let from: Int
    public let to: Int

    /// `22:00-07:00`; nil for anything else.
    public init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) } }
        guard ends.count == 2, ends.allSatisfy({ $0.count == 2 }), let fromHour = ends[0][0],
            let fromMinute = ends[0][1],
            let toHour = ends[1][0], let toMinute = ends[1][1], (0..<24).contains(fromHour), (0..<24).contains(toHour),
            (0..<60).contains(fromMinute), (0..<60).contains(toMinute)
        else { return nil }
        from = fromHour * 60 + fromMinute
        to = toHour * 60 + toMinute
        guard from != to else { return nil }
    }

    public var description: String {
        func time(_ minutes: Int) -> String { String(format: "%02d:%02d", minutes / 60, minutes % 60) }
        return "\(time(from))-\(time(to))"
    }

    func contains(_ date: Date, in zone: TimeZone) -> Bool {
        let local = Int(date.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: date)
        let minute = ((local % 86_400) + 86_400) % 86_400 / 60
        return from < to ? (from..<to).contains(minute) : minute >= from || minute < to
    }
}

/// What one person wants to be told, and when.
public struct Preferences: Codable, Sendable, Equatable {
    public var levels: [NoticeClass: NoticeLevel] = [:]
    public var quiet: QuietHours?

    /// What holds for everyone who chose nothing; filled from the configuration.
    public struct Defaults: Sendable {
        public var levels: [NoticeClass: NoticeLevel]
        public var quiet: QuietHours?

        public static let standard: [NoticeClass: NoticeLevel] = [
            .cyclePromoted: .on, .cycleRejected: .on, .cycleFailed: .on, .cycleCancelled: .silent,
            .cycleInterrupted: .silent, .cycleStarted: .off, .deployment: .on, .tradeLost: .on, .tradeClosed: .off,
            .access: .on, .alarm: .on, .schedule: .silent, .service: .silent,
        ]

        public init(levels: [NoticeClass: NoticeLevel] = [:], quiet: QuietHours? = nil) {
            self.levels = Self.standard.merging(levels) { $1 }
            self.quiet = quiet
        }
    }

    public func level(of kind: NoticeClass, defaults: Defaults = Defaults()) -> NoticeLevel {
        levels[kind] ?? defaults.levels[kind] ?? .on
    }

    static func of(_ user: UserRecord, in transaction: Transaction) throws -> Preferences {
        try transaction.setting(key(user.id)).map { try JSON.value($0) } ?? Preferences()
    }

    func save(for user: UserRecord, in transaction: Transaction, at now: Date) throws {
        try transaction.set(Self.key(user.id), to: try JSON.text(self), at: now)
    }

    private static func key(_ user: Int64) -> String { "user.\(user).preferences" }
}
