import Market
import Neural
import Reinforcement

/// Many simulated traders, each walking its own stretch of a market bar by bar.
///
/// At the close of bar t a trader sees the observation of t and chooses an exposure (0 flat, 1 long, 2 short), filled
/// at that close with fee and slippage; its reward, × 100, is the change of log equity to the close of t + 1, costs
/// included. The public benchmark `candle-v1` and the product's training world are configurations of this one
/// implementation.
public final class TradingEnvironment: Environment, @unchecked Sendable {
    // Sendable: windows and tables never change after `init`; `traders[i]` is touched only by the caller that steps
    // copy i, and the protocol lets callers share no copy.
    public let copies: Int
    public let observationSize: Int
    public var actionChoices: [Int] { [3] }
    public let layout: ObservationLayout
    public let configuration: TradingConfiguration
    public let windows: [TradingWindow]

    let kind: LayoutKind
    let traders: UnsafeMutablePointer<Trader>
    /// Cumulative shares, the last one 1.
    let shares: [Double]
    /// Per window: the cost of going from exposure a to b at `[a × 3 + b]`, × 100 and not above 0, then the cost of a
    /// side as a fraction.
    let costTables: UnsafeMutablePointer<Float>
    static let costStride = 16

    /// The product's environment: episodes start at a random bar of a window drawn by share.
    ///
    /// Equal seeds give equal episodes; each copy has a stream of its own.
    /// - Throws: ``TradingEnvironmentError``.
    public convenience init(
        windows: [TradingWindow], configuration: TradingConfiguration = .init(), copies: Int, seed: UInt64
    ) throws(TradingEnvironmentError) {
        let root = RandomStream(seed: seed).split("episodes")
        try self.init(windows: windows, configuration: configuration, copies: copies) { copy in
            var stream = root.split(copy)
            return stream.next()
        }
    }

    /// The public benchmark: one series, 512-step terminal episodes, 10 basis points a side.
    ///
    /// `tables` must have the layout ``ObservationLayout/candleV1``.
    /// - Throws: ``TradingEnvironmentError``.
    public static func candleV1(
        _ tables: MarketTables, copies: Int, seed: UInt64
    ) throws(TradingEnvironmentError) -> TradingEnvironment {
        guard tables.kind == .candleV1 else {
            throw .mixedLayouts(tables.layout.version, ObservationLayout.candleV1.version)
        }
        let configuration = TradingConfiguration(
            episodeLength: 512, costs: CostModel(feeBps: 10, slippageBps: 0), ending: .terminal)
        return try TradingEnvironment(windows: [TradingWindow(tables)], configuration: configuration, copies: copies) {
            copy in
            seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(copy + 1) &* 0xD1B5_4A32_D192_ED03
        }
    }

    private init(
        windows: [TradingWindow], configuration: TradingConfiguration, copies: Int, streamState: (Int) -> UInt64
    ) throws(TradingEnvironmentError) {
        kind = try Self.check(windows: windows, configuration: configuration, copies: copies)
        layout = kind.layout
        observationSize = kind.layout.size
        self.windows = windows
        self.configuration = configuration
        self.copies = copies
        let total = windows.reduce(0) { $0 + $1.share }
        var running = 0.0
        shares = windows.map { window in
            running += window.share
            return running / total
        }
        costTables = .zeros(windows.count * Self.costStride)
        for (index, window) in windows.enumerated() {
            Self.fill(costTables + index * Self.costStride, with: window.costs ?? configuration.costs)
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: copies * MemoryLayout<Trader>.stride, alignment: 64)
        traders = memory.bindMemory(to: Trader.self, capacity: copies)
        for copy in 0..<copies {
            (traders + copy).initialize(
                to: Trader(
                    row: windows[0].tables.rows, lastReturn: windows[0].tables.returns, costs: costTables,
                    stream: SplitMix64(state: streamState(copy))))
            place(&traders[copy], window: 0, bar: windows[0].bars.lowerBound)
        }
    }

    deinit {
        traders.deallocate()
        costTables.deallocate()
    }

    private static func check(
        windows: [TradingWindow], configuration: TradingConfiguration, copies: Int
    ) throws(TradingEnvironmentError) -> LayoutKind {
        guard let first = windows.first else { throw .noWindows }
        guard (1...65_536).contains(copies) else { throw .copies(copies) }
        guard (1...1_000_000).contains(configuration.episodeLength) else {
            throw .episodeLength(configuration.episodeLength)
        }
        guard configuration.protection.isSound else { throw .protection(configuration.protection) }
        for costs in [configuration.costs] + windows.compactMap(\.costs) where !costs.isTradable {
            throw .costs(costs)
        }
        for window in windows {
            let symbol = window.tables.symbol
            guard window.tables.kind == first.tables.kind else {
                throw .mixedLayouts(first.tables.layout.version, window.tables.layout.version)
            }
            guard window.share > 0, window.share.isFinite else { throw .share(symbol: symbol, share: window.share) }
            guard window.starts(length: configuration.episodeLength) > 0 else {
                throw .windowTooShort(symbol: symbol, bars: window.bars.count, needed: configuration.episodeLength + 1)
            }
        }
        return first.tables.kind
    }

    private static func fill(_ table: UnsafeMutablePointer<Float>, with costs: CostModel) {
        for from in Exposure.allCases {
            for to in Exposure.allCases {
                table[from.rawValue * 3 + to.rawValue] = Float(Growth.cost(sides: from.sides(to: to), costs))
            }
        }
        table[9] = Float(costs.perSide)
    }
}

/// One copy's whole state: a cache line, so that a step touches one and threads share none.
struct Trader {
    /// The row and the return of the current bar.
    var row: UnsafePointer<Float>
    var lastReturn: UnsafePointer<Float>
    var costs: UnsafePointer<Float>
    var stream: SplitMix64
    var position = PositionState()
    var step: Int32 = 0
    var window: Int32 = 0
    /// The bar at whose close the open position was entered.
    var entryBar: Int32 = 0
    private var padding: Int32 = 0

    init(row: UnsafePointer<Float>, lastReturn: UnsafePointer<Float>, costs: UnsafePointer<Float>, stream: SplitMix64) {
        self.row = row
        self.lastReturn = lastReturn
        self.costs = costs
        self.stream = stream
    }
}
