extension Settings {
    /// The simulated part of what is trained on.
    public struct Simulation: Sendable, Equatable {
        /// Fraction of the environments in each world; the others trade real candles.
        public var worlds: [World: Double] = [.bull: 0.1, .bear: 0.1, .flat: 0.1, .stress: 0.1]
        /// Length of one simulated market, in candles of ``Market/interval``.
        public var bars = 2880

        public init() {}

        public enum World: String, Sendable, CaseIterable {
            case bull, bear, flat, stress
        }
    }
}

extension Settings.Simulation {
    static let section = Section(
        name: "simulation", meaning: "The simulated part of what is trained on.",
        keys: [
            Key(
                "simulation.worlds", \.simulation.worlds,
                .entries(
                    "an object from world (\(World.allCases.map(\.rawValue).joined(separator: " | "))) to a number from 0 to 1, in sum at most 1",
                    named: .choice, each: .number(0...1)),
                "Share of the training environments in each world; the rest trade the market's own candles."),
            Key(
                "simulation.bars", \.simulation.bars, .whole(1_000...10_000_000),
                "Candles of one simulated market, at most ten years of them."),
        ])
}
