import Foundation
import Market
import Store
import Strategies
import Synchronization

/// Back-tests rules on the stored candles. The latest reports are kept in memory until someone adopts them.
public final class StrategyDesk: Sendable {
    private let store: Store
    private let configuration: ControlConfiguration
    private let isSynthetic: Bool
    private let worker: WorkerThread
    private let latest = Mutex<[String: StrategyReport]>([:])

    private static let kept = 32

    init(store: Store, configuration: ControlConfiguration, isSynthetic: Bool, worker: WorkerThread) {
        self.store = store
        self.configuration = configuration
        self.isSynthetic = isSynthetic
        self.worker = worker
    }

    /// Walks the rule over the newest days that cycles judge on.
    @discardableResult
    public func backtest(_ strategy: Strategy) async throws -> StrategyReport {
        let report = try await worker.run { [self] in
            try StrategyReport(
                strategy, on: try series(strategy), days: configuration.validation.days, costs: configuration.costs)
        }
        latest.withLock { known in
            if known.count >= Self.kept { known.removeAll() }
            known[strategy.text] = report
        }
        return report
    }

    /// The report of a rule that was back-tested lately.
    public func report(of strategy: Strategy) -> StrategyReport? { latest.withLock { $0[strategy.text] } }

    public func forget(_ strategy: Strategy) { latest.withLock { $0[strategy.text] = nil } }

    private func series(_ strategy: Strategy) throws -> [CandleSeries] {
        let market = configuration.market
        let days = min(market.historyDays, configuration.validation.days + 1)
        let judged = days * market.interval.barsPerDay
        return try market.symbols.map { symbol in
            try store.candles(
                symbol: symbol, interval: market.interval, isSynthetic: isSynthetic,
                limit: judged + max(strategy.history, 256))
        }
    }
}
