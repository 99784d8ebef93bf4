import Market

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Changes of log equity, × 100.
enum Growth {
    static let scale = 100.0

    /// What a long position earns while the price moves.
    static func long(from: Double, to: Double) -> Double { scale * log(max(1 + (to / from - 1), 1e-6)) }

    /// What a short position of constant exposure earns while the price moves.
    static func short(from: Double, to: Double) -> Double { scale * log(max(1 - (to / from - 1), 1e-6)) }

    static func of(_ exposure: Exposure, from: Double, to: Double) -> Double {
        switch exposure {
        case .flat: 0
        case .long: long(from: from, to: to)
        case .short: short(from: from, to: to)
        }
    }

    /// What trading `sides` costs: 100 ln(1 − sides · cost of a side); never above 0.
    static func cost(sides: Int, _ costs: CostModel) -> Double {
        sides == 0 ? 0 : scale * log(1 - Double(sides) * costs.perSide)
    }
}

extension CostModel {
    /// Whether a flip still leaves something: each part at least 0, two sides together below 100 %.
    var isTradable: Bool { feeBps >= 0 && slippageBps >= 0 && 2 * perSide < 1 }
}
