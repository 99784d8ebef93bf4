import Foundation
import Market
import MarketData
import Store

/// Brings the store up to date from the candle source.
public struct Ingestor: Sendable {
    /// What one run brought.
    public struct Summary: Codable, Sendable, Equatable {
        public var newBars: Int
        public var source: String
        public var synthetic: Bool
    }

    private let source: any CandleSource
    private let store: Store
    private let configuration: ControlConfiguration
    private let metrics: MetricsRegistry
    private let now: @Sendable () -> Date

    init(
        source: any CandleSource, store: Store, configuration: ControlConfiguration, metrics: MetricsRegistry,
        now: @escaping @Sendable () -> Date
    ) {
        self.source = source
        self.store = store
        self.configuration = configuration
        self.metrics = metrics
        self.now = now
    }

    public var sourceName: String { source.name }
    public var isSynthetic: Bool { source.isSynthetic }

    /// Fetches what is missing since the last stored candle, batch by batch, each batch in its own transaction, so that a
    /// run that is cut off goes on where it was.
    ///
    /// - Parameter progress: new bars so far.
    @discardableResult
    public func ingest(progress: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> Summary {
        var newBars = 0
        for symbol in configuration.market.symbols {
            for try await batch in source.batches(
                symbol: symbol, interval: configuration.market.interval, since: try start(of: symbol))
            {
                let insertion = try store.insertCandles(
                    batch, symbol: symbol, interval: configuration.market.interval, isSynthetic: source.isSynthetic)
                newBars += insertion.inserted
                progress(newBars)
            }
        }
        metrics.increment(
            "marketflow_candles_ingested_total", help: "Candles added to the store.", by: Double(newBars))
        metrics.set(
            "marketflow_last_ingest_timestamp_seconds", help: "When candles were last asked for with success.",
            to: now().timeIntervalSince1970)
        return Summary(newBars: newBars, source: source.name, synthetic: source.isSynthetic)
    }

    /// Sees to it that the last `days` of `symbol` are stored, whether or not it is kept up to date: what is missing before the
    /// first stored candle, then what is missing behind the last one. Where the source ends in the past, as files do, the days
    /// are counted from its end.
    func provide(_ symbol: Symbol, days: Int) async throws {
        let interval = configuration.market.interval
        let length = Int64(days) * 86_400_000
        let oldest = interval.floor(now().milliseconds - length)
        if let stored = try status(of: symbol) {
            try await fetch(symbol, since: stored.last + interval.milliseconds, until: nil)
        } else {
            try await fetch(symbol, since: oldest, until: nil)
            if try status(of: symbol) == nil { try await fetch(symbol, since: nil, until: nil) }
        }
        guard let stored = try status(of: symbol) else { return }
        let wanted = interval.floor(min(stored.last, now().milliseconds) - length)
        if stored.first > wanted { try await fetch(symbol, since: wanted, until: stored.first) }
    }

    private func status(of symbol: Symbol) throws -> CandleSeriesStatus? {
        try store.candleStatus().first {
            $0.symbol == symbol && $0.interval == configuration.market.interval && $0.isSynthetic == source.isSynthetic
        }
    }

    private func fetch(_ symbol: Symbol, since: Int64?, until: Int64?) async throws {
        for try await batch in source.batches(symbol: symbol, interval: configuration.market.interval, since: since) {
            let wanted = until.map { end in batch.filter { $0.openTime < end } } ?? batch
            try store.insertCandles(
                wanted, symbol: symbol, interval: configuration.market.interval, isSynthetic: source.isSynthetic)
            if wanted.count < batch.count { break }
        }
    }

    private func start(of symbol: Symbol) throws -> Int64 {
        let interval = configuration.market.interval
        let known = try store.lastCandleTime(symbol: symbol, interval: interval, isSynthetic: source.isSynthetic)
        let oldest = now().milliseconds - Int64(configuration.market.historyDays) * 86_400_000
        return known.map { $0 + interval.milliseconds } ?? interval.floor(oldest)
    }
}
