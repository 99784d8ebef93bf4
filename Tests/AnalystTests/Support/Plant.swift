import Analyst
import Foundation
import Market
import Neural
import Reinforcement
import Simulation

/// A losing trade whose cause is known because it was built that way.
enum Plant: String, CaseIterable {
    case feeBlowUp, lateExit, regimeFlip, badEntry, plainVariance, outOfDistribution

    var cause: CauseKind {
        switch self {
        case .feeBlowUp: .costs
        case .lateExit: .exit
        case .regimeFlip: .regimeChange
        case .badEntry: .entry
        case .plainVariance: .ordinaryVariance
        case .outOfDistribution: .outOfDistribution
        }
    }

    /// σ is a bar's volatility before the entry. Costs of 0.9 % on a quiet price; 7 to 9σ ahead and all of it lost in 3 to 5 bars; a
    /// trend of 0.6σ a bar that turns at entry; 7.8σ lost in the first three bars; a random walk; the same, decided on a state 3.5
    /// standard deviations out in every input.
    ///
    /// The `index`-th of its kind, long and short in turn.
    func trade(_ index: Int) throws -> TradeCase {
        var random = RandomStream(seed: 20_240_301).split(rawValue).split(index)
        let side: Exposure = index % 2 == 0 ? .long : .short
        while true {
            let candidate = try draw(side, id: Int64(index + 1), &random)
            if candidate.trade.netReturn < 0 { return candidate }
        }
    }

    private func draw(_ side: Exposure, id: Int64, _ random: inout RandomStream) throws -> TradeCase {
        let sigma = 0.004
        let bars = 12 + random.below(24)
        func noise(_ share: Double) -> Double { share * sigma * random.normal() }
        // Log returns from the position's point of view.
        var before = (0..<560).map { _ in noise(1) }
        var held: [Double]
        switch self {
        case .feeBlowUp:
            held = (0..<bars).map { _ in noise(0.1) }
        case .lateExit:
            let fall = 3 + random.below(3)
            let rise = bars - fall
            let gain = (7 + 2 * random.uniform()) * sigma
            held = (0..<rise).map { _ in gain / Double(rise) + noise(0.3) }
            let given = -(held.reduce(0, +) + (1.5 + random.uniform()) * sigma)
            held += (0..<fall).map { _ in given / Double(fall) + noise(0.2) }
        case .regimeFlip:
            for index in 520..<560 { before[index] = 0.6 * sigma + noise(0.6) }
            held = (0..<bars + 20).map { _ in -0.6 * sigma + noise(0.6) }
        case .badEntry:
            held = (0..<3).map { _ in -2.6 * sigma + noise(0.3) } + (3..<bars).map { _ in noise(0.4) }
        case .plainVariance, .outOfDistribution:
            held = (0..<bars).map { _ in noise(1) }
        }
        let after = (0..<6).map { _ in noise(1) }
        let costs = self == .feeBlowUp ? CostModel(feeBps: 40, slippageBps: 5) : CostModel(feeBps: 1, slippageBps: 0.2)
        var market = Tape(random: random.split("tape"), sigma: sigma)
        for move in before + held + after { market.append(move * side.sign) }
        let strangeness: Float = self == .outOfDistribution ? 3.5 : 1
        return TradeCase(
            trade: market.trade(
                id: id, side: side, entry: before.count, bars: held.count, costs: costs,
                inputs: States.draw(&random, scale: strangeness)),
            candles: market.series, policy: try States.policy, knownStates: States.known, pastEntries: States.past)
    }
}

/// Candles that are made return by return.
struct Tape {
    static let interval = Interval.fifteenMinutes
    private var random: RandomStream
    private let sigma: Double
    private(set) var candles: [Candle]

    init(random: RandomStream, sigma: Double) {
        self.random = random
        self.sigma = sigma
        candles = [Candle(openTime: 0, open: 100, high: 100, low: 100, close: 100, volume: 10)]
    }

    mutating func append(_ logReturn: Double) {
        let open = candles[candles.count - 1].close
        let close = open * exp(logReturn)
        let up = exp(abs(0.4 * sigma * random.normal()))
        let down = exp(-abs(0.4 * sigma * random.normal()))
        candles.append(
            Candle(
                openTime: Int64(candles.count) * Self.interval.milliseconds, open: open, high: max(open, close) * up,
                low: min(open, close) * down, close: close, volume: 10 * exp(random.normal() / 2)))
    }

    var series: CandleSeries {
        CandleSeries(
            symbol: Symbol(rawValue: "TESTUSDT")!, interval: Self.interval, candles: candles, isSynthetic: true)
    }

    /// Decided at the close of bar `entry`, held for `bars`; bookkeeping as the product defines it, written down anew.
    func trade(
        id: Int64 = 1, side: Exposure, entry: Int, bars: Int, costs: CostModel = CostModel(), inputs: [Float] = [],
        reason: String = "signal", exitPrice: Double? = nil
    ) -> ClosedTrade {
        var closes = candles[entry...entry + bars].map(\.close)
        if let exitPrice { closes[bars] = exitPrice }
        let gross = zip(closes, closes.dropFirst()).reduce(1) { $0 * (1 + side.sign * ($1.1 / $1.0 - 1)) } - 1
        let net = (1 + gross) * (1 - costs.perSide) * (1 - costs.perSide) - 1
        let feeShare = costs.perSide > 0 ? costs.feeBps / (costs.feeBps + costs.slippageBps) : 0
        return ClosedTrade(
            id: id, side: side, entryTime: candles[entry].openTime + Self.interval.milliseconds,
            exitTime: candles[entry + bars].openTime + Self.interval.milliseconds, entryPrice: closes[0],
            exitPrice: closes[bars], grossReturn: gross, fees: (gross - net) * feeShare,
            slippage: (gross - net) * (1 - feeShare), netReturn: net, exitReason: reason, policyVersion: 3,
            probabilities: inputs.isEmpty ? [] : [0.3, side == .long ? 0.5 : 0.2, side == .long ? 0.2 : 0.5],
            inputs: inputs, layout: inputs.isEmpty ? "" : ObservationLayout.trading1.version)
    }
}

/// States of a policy whose training data had mean 0 and variance 1 in every input.
enum States {
    static let size = ObservationLayout.trading1.size

    static func draw(_ random: inout RandomStream, scale: Float = 1) -> [Float] {
        (0..<size).map { _ in scale * Float(random.normal()) }
    }

    static let known: [[Float]] = {
        var random = RandomStream(seed: 5)
        return (0..<300).map { _ in draw(&random) }
    }()

    /// Results that have nothing to do with their states.
    static let past: [PastEntry] = {
        var random = RandomStream(seed: 6)
        return (0..<200).map { PastEntry(trade: Int64($0), state: draw(&random), netReturn: 0.01 * random.normal()) }
    }()

    static var policy: ActorCritic { get throws { try policy(seed: 4) } }

    static func policy(seed: UInt64, mean: [Double]? = nil, variance: [Double]? = nil) throws -> ActorCritic {
        let architecture = ActorCritic.Architecture(
            observationSize: size, actionChoices: [3], policyLayers: [16, 16], valueLayers: [8])
        let bare = try ActorCritic(architecture, random: RandomStream(seed: seed))
        let form = String(decoding: try JSONEncoder().encode(architecture), as: UTF8.self)
        // A fresh head answers almost evenly; ten times its weights make an opinion.
        let tensors = bare.tensors.map { tensor in
            tensor.name == "policy.2.weight"
                ? Tensor(name: tensor.name, shape: tensor.shape, floats: (tensor.floats ?? []).map { $0 * 100 })
                : tensor
        }
        let archive = TensorArchive(
            kind: "marketflow.policy", metadata: #"{"architecture":\#(form),"normaliser":{"count":1000,"clip":10}}"#,
            tensors: tensors + [
                Tensor(name: "normaliser.mean", doubles: mean ?? [Double](repeating: 0, count: size)),
                Tensor(name: "normaliser.variance", doubles: variance ?? [Double](repeating: 1, count: size)),
            ])
        return try ActorCritic(decoding: archive.encoded())
    }
}
