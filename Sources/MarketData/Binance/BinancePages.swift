import Market

/// The position in a series that is fetched page by page.
actor BinancePages {
    private let client: BinanceClient
    private let symbol: Symbol
    private let interval: Interval
    private let until: Int64
    private var from: Int64
    /// Open times before this one belong to closed candles; Binance's clock decides, asked once a series.
    private var openFrom: Int64?
    private var isFinished = false

    init(_ client: BinanceClient, symbol: Symbol, interval: Interval, since: Int64?, until: Int64?) {
        self.client = client
        self.symbol = symbol
        self.interval = interval
        self.until = until ?? .max
        from = max(0, since ?? 0)
    }

    func next() async throws -> [Candle]? {
        while !isFinished {
            let end = min(until, try await firstUnclosed())
            guard from < end else { break }
            let rows = try await client.page(
                symbol: symbol, interval: interval, from: from, limit: BinanceClient.pageLimit)
            let closed = rows.filter { $0.openTime < end }
            isFinished = rows.count < BinanceClient.pageLimit || closed.count < rows.count
            guard let last = closed.last else { break }
            from = last.openTime + 1
            return try client.sound(closed, symbol: symbol, interval: interval)
        }
        return nil
    }

    private func firstUnclosed() async throws -> Int64 {
        if let openFrom { return openFrom }
        // A candle is closed when its last millisecond is over.
        let time = try await client.serverTime() - interval.milliseconds + 1
        openFrom = time
        return time
    }
}
