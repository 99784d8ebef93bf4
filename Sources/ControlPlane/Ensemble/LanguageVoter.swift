import Ensemble
import Foundation
import LanguageModels
import Logging
import Market
import Narration
import Store
import Synchronization

/// A language model as a voter. It is asked between walks, and its answers are kept, so that a walk only looks them up: no
/// trade waits for a model, and a test hears what was said at the time.
public final class LanguageVoter: SignalModel {
    public static let name = "mistral_ai"
    public var name: String { Self.name }
    public let history = FeatureTable.history

    /// An answer about a market as it stood at the close of a bar.
    public struct Vote: Sendable, Hashable, Codable {
        /// Open time of the bar, UTC milliseconds.
        public var bar: Int64
        public var signal: MarketSignal
    }

    /// Bars that an answer holds for.
    static let bars: Int64 = 4
    private static let kept = 500

    private let model: any ChatModel
    private let configuration: ControlConfiguration
    private let store: Store
    private let isSynthetic: Bool
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let isAsking = Mutex(false)
    /// The newest bar a model was asked about, answered or not.
    private let asked = Mutex<[Symbol: Int64]>([:])

    init(
        _ model: any ChatModel, configuration: ControlConfiguration, store: Store, isSynthetic: Bool,
        now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.model = model
        self.configuration = configuration
        self.store = store
        self.isSynthetic = isSynthetic
        self.now = now
        self.logger = logger
    }

    // MARK: Voting

    /// What was said last before each bar's close. An answer comes after the decision at its own bar, and counts from the next one on.
    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        let votes = try store.read { try self.votes(series.symbol, series.interval, series.isSynthetic, $0) }
        return bars.map { bar in
            let time = series.candles[bar].openTime
            guard let vote = votes.last(where: { $0.bar < time }),
                time - vote.bar <= Self.bars * series.interval.milliseconds
            else { return .flat("no answer of late") }
            return Signal(vote.signal)
        }
    }

    /// Its latest answers about a symbol, oldest first.
    public func votes(on symbol: Symbol) throws -> [Vote] {
        try store.read { try votes(symbol, configuration.market.interval, isSynthetic, $0) }
    }

    private func key(_ symbol: Symbol, _ interval: Interval, _ isSynthetic: Bool) -> String {
        "ensemble.\(Self.name).\(symbol.rawValue).\(interval.rawValue)\(isSynthetic ? ".synthetic" : "")"
    }

    private func votes(
        _ symbol: Symbol, _ interval: Interval, _ isSynthetic: Bool, _ transaction: Transaction
    ) throws -> [Vote] {
        try transaction.setting(key(symbol, interval, isSynthetic)).map { try JSON.value($0) } ?? []
    }

    // MARK: Asking

    /// Asks about the newest bar of each symbol, once; who does not answer in time abstains. While a round is under way nothing happens.
    public func ask() async {
        let mayAsk = isAsking.withLock { isAsking in
            defer { isAsking = true }
            return !isAsking
        }
        guard mayAsk else { return }
        defer { isAsking.withLock { $0 = false } }
        for symbol in configuration.market.symbols {
            do { try await ask(about: symbol) } catch {
                logger.warning("a language model's vote was lost", metadata: ["error": "\(error)"])
            }
        }
    }

    private func ask(about symbol: Symbol) async throws {
        let interval = configuration.market.interval
        let series = try store.candles(
            symbol: symbol, interval: interval, isSynthetic: isSynthetic, limit: 4 * FeatureTable.history)
        guard series.count > FeatureTable.history, let bar = series.candles.last?.openTime,
            try votes(on: symbol).last?.bar ?? .min < bar, asked.withLock({ $0[symbol] ?? .min }) < bar
        else { return }
        asked.withLock { $0[symbol] = bar }
        guard let signal = await MarketSignal.ask(model, about: MarketDigest(series), timeout: .seconds(60)) else {
            return
        }
        try await store.write { [self] transaction in
            let votes = try votes(symbol, interval, isSynthetic, transaction) + [Vote(bar: bar, signal: signal)]
            try transaction.set(
                key(symbol, interval, isSynthetic), to: try JSON.text(votes.suffix(Self.kept)), at: now())
        }
    }
}

extension Signal {
    /// A model's words of confidence are no probabilities; they are spread evenly.
    fileprivate init(_ answer: MarketSignal) {
        let confidence: Double =
            switch answer.confidence {
            case .low: 1 / 3
            case .medium: 2 / 3
            case .high: 1
            }
        switch answer.side {
        case .long: self.init(.long, confidence: confidence, reason: "the language model says long")
        case .short: self.init(.short, confidence: confidence, reason: "the language model says short")
        case .flat: self = .flat("the language model stays out")
        }
    }
}

extension MarketDigest {
    /// What LightGBM looks at, of the newest bar; `series` has more than ``FeatureTable/history`` bars.
    fileprivate init(_ series: CandleSeries) {
        let row = FeatureTable(series).rows(series.count - 1..<series.count)
        self.init(
            symbol: series.symbol.rawValue, interval: series.interval.rawValue,
            indicators: zip(FeatureTable.names, row).map { name, value in
                Indicator(name.split(separator: "_").joined(separator: " "), Double(value))
            })
    }
}
