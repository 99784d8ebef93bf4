extension Settings {
    /// The rules every policy trades by, in training, in tests and on paper.
    public struct Trading: Sendable, Equatable {
        /// Fractions of the entry price; 0 is none.
        public var stop = 0.0
        public var target = 0.0

        public init() {}
    }
}

extension Settings.Trading {
    static let section = Section(
        name: "trading", meaning: "Exits that do not wait for the policy, in training, in every test and on paper.",
        keys: [
            Key(
                "trading.stop", \.trading.stop, .number(0...0.99),
                "A position is closed when the price moves against it by this fraction of its entry; 0 is no stop."),
            Key(
                "trading.target", \.trading.target, .number(0...100),
                "A position is closed when the price moves for it by this fraction of its entry; 0 is no target."),
        ])
}
