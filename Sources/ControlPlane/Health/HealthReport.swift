import Foundation

/// Is everything alive, judged by outcomes: what was last achieved and how long ago, not whether a loop turns.
public struct HealthReport: Codable, Sendable, Equatable {
    public enum Level: String, Codable, Sendable, Comparable, CaseIterable {
        case ok, warning, failing

        public static func < (left: Level, right: Level) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    public struct Check: Codable, Sendable, Equatable {
        public var name: String
        public var level: Level
        public var value: String

        public init(_ name: String, _ level: Level, _ value: String) {
            self.name = name
            self.level = level
            self.value = value
        }
    }

    public var checks: [Check]

    public init(checks: [Check]) { self.checks = checks }

    /// The worst of its parts.
    public var level: Level { checks.map(\.level).max() ?? .ok }
}
