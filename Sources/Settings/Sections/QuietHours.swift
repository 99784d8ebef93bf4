extension Settings {
    /// A stretch of every day, in local time; it may run over midnight.
    public struct QuietHours: Sendable, Equatable, CustomStringConvertible {
        /// Minutes after midnight, 0 to 1439.
        public let start: Int
        /// Minutes after midnight, exclusive; never equal to ``start``.
        public let end: Int

        /// Reads `22:00-07:00`; nil if it is not that, or empty.
        public init?(_ text: String) {
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(QuietHours.minute)
            guard ends.count == 2, let start = ends[0], let end = ends[1], start != end else { return nil }
            self.start = start
            self.end = end
        }

        /// Whether a local time, in minutes after midnight, lies within.
        public func contains(minute: Int) -> Bool {
            start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        }

        public var description: String { "\(QuietHours.clock(start))-\(QuietHours.clock(end))" }

        private static func minute(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let isDigits = parts.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }
            guard parts.count == 2, isDigits, let hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
            return hour < 24 && minute < 60 ? hour * 60 + minute : nil
        }

        private static func clock(_ minute: Int) -> String {
            [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        }
    }
}

extension Settings.QuietHours {
    /// The empty text stands for none.
    static let form = Form<Settings.QuietHours?>.spelled(
        "hours like \"22:00-07:00\", or \"\" for none",
        parse: { text in text.isEmpty ? .some(nil) : Settings.QuietHours(text).map(Optional.some) },
        write: { $0.map(\.description) ?? "" })
}
