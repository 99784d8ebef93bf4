/// What trading costs, in basis points of the traded value a side.
///
/// Defaults: Binance spot taker fee (10) and 2 of slippage. No figure of this project is shown without them.
public struct CostModel: Sendable, Hashable, Codable {
    public var feeBps: Double
    public var slippageBps: Double

    public init(feeBps: Double = 10, slippageBps: Double = 2) {
        self.feeBps = feeBps
        self.slippageBps = slippageBps
    }

    /// Fraction of the traded value lost by one side (entering or leaving), fee and slippage together.
    public var perSide: Double { (feeBps + slippageBps) / 10_000 }
    public var fee: Double { feeBps / 10_000 }
    public var slippage: Double { slippageBps / 10_000 }
}

/// What is held: the discrete actions of a policy, in this order.
public enum Exposure: Int, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case flat = 0
    case long = 1
    case short = 2

    /// 0, +1 or −1.
    public var sign: Double {
        switch self {
        case .flat: 0
        case .long: 1
        case .short: -1
        }
    }

    /// Sides traded when moving from this exposure to `other`: a flip is two.
    public func sides(to other: Exposure) -> Int {
        self == other ? 0 : (self == .flat || other == .flat ? 1 : 2)
    }

    public var description: String {
        switch self {
        case .flat: "flat"
        case .long: "long"
        case .short: "short"
        }
    }
}
