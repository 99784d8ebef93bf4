import AsyncHTTPClient
import BinanceServer
import Market
import MarketData
import Testing

/// The client against a server that behaves, and misbehaves, as Binance does.
struct BinanceClientTests {
    /// 2024-08-01 00:00 UTC.
    static let start: Int64 = 1_722_470_400_000
    private static let bar: Int64 = 900_000

    private let symbol: Symbol
    private let time = FakeTime()

    init() throws { symbol = try #require(Symbol(rawValue: "BTCUSDT")) }

    private func series(_ count: Int, missing: Range<Int> = 0..<0) -> Series {
        .randomWalk(symbol: "BTCUSDT", interval: "15m", from: Self.start, count: count, missing: missing)
    }

    /// Runs `body` with a client and a server of `count` candles.
    private func withServer(
        _ count: Int = 10, time serverTime: Int64? = nil, body: (BinanceClient, BinanceServer) async throws -> Void
    ) async throws {
        let server = try await BinanceServer.start(series: [series(count)], time: serverTime)
        let client = try BinanceClient(http: .shared, baseURL: server.baseURL, timing: time.timing)
        do {
            try await body(client, server)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
    }

    private func all(_ stream: AsyncThrowingStream<[Candle], any Error>) async throws -> [Candle] {
        var candles: [Candle] = []
        for try await batch in stream { candles += batch }
        return candles
    }

    @Test("a row's twelve elements become a candle")
    func row() async throws {
        let server = try await BinanceServer.start(series: [
            Series(
                symbol: "BTCUSDT", interval: "15m",
                klines: [
                    Kline(
                        openTime: Self.start, open: "64628.00000000", high: "64800.00000000", low: "64500.50000000",
                        close: "64750.25000000", volume: "12.34567000", quoteVolume: "798765.43210000", trades: 1234,
                        takerBuyBase: "6.10000000", takerBuyQuote: "394000.00000000")
                ])
        ])
        let client = try BinanceClient(http: .shared, baseURL: server.baseURL + "/", timing: time.timing)
        #expect(
            try await client.klines(symbol: symbol, interval: .fifteenMinutes) == [CandleFileLayoutTests.expected[0]])
        await server.stop()
    }

    @Test("a long series comes page by page, whole and in order")
    func paging() async throws {
        try await withServer(2500) { client, server in
            let candles = try await all(client.candles(symbol: symbol, interval: .fifteenMinutes))
            #expect(candles.map(\.openTime) == (0..<2500).map { Self.start + $0 * Self.bar })
            let starts = await server.requests.filter { $0.path == "/api/v3/klines" }.map { $0.parameters["startTime"] }
            #expect(starts == ["0", "\(Self.start + 999 * Self.bar + 1)", "\(Self.start + 1999 * Self.bar + 1)"])
        }
    }

    @Test("a sync goes on where the stored candles end")
    func since() async throws {
        try await withServer(100) { client, server in
            let candles = try await all(
                client.candles(symbol: symbol, interval: .fifteenMinutes, since: Self.start + 97 * Self.bar))
            #expect(candles.map(\.openTime) == (97..<100).map { Self.start + $0 * Self.bar })
            #expect(await server.requests.map(\.path) == ["/api/v3/time", "/api/v3/klines"])
        }
    }

    @Test("a page that is exactly full is not the last")
    func fullPage() async throws {
        try await withServer(1000) { client, _ in
            let candles = try await all(client.candles(symbol: symbol, interval: .fifteenMinutes))
            #expect(candles.count == 1000)
        }
    }

    @Test("an outage inside the series does not end it")
    func gap() async throws {
        let server = try await BinanceServer.start(series: [series(1500, missing: 990..<1100)])
        let client = try BinanceClient(http: .shared, baseURL: server.baseURL, timing: time.timing)
        let candles = try await all(client.candles(symbol: symbol, interval: .fifteenMinutes))
        #expect(candles.count == 1390)
        await server.stop()
    }

    @Test("a candle counts once its last millisecond is over, by Binance's clock", arguments: [(-1, 9), (0, 10)])
    func closedOnly(milliseconds: Int64, closed: Int) async throws {
        try await withServer(10, time: Self.start + 10 * Self.bar + milliseconds) { client, _ in
            let candles = try await all(client.candles(symbol: symbol, interval: .fifteenMinutes))
            #expect(candles.count == closed)
        }
    }

    @Test("an upper bound is exclusive")
    func until() async throws {
        try await withServer(10) { client, _ in
            let candles = try await all(
                client.candles(symbol: symbol, interval: .fifteenMinutes, since: 0, until: Self.start + 3 * Self.bar))
            #expect(candles.count == 3)
        }
    }

    @Test("an unknown symbol is named")
    func unknownSymbol() async throws {
        let other = try #require(Symbol(rawValue: "NOSUCH"))
        try await withServer { client, _ in
            await #expect(throws: BinanceError.unknownSymbol(other)) {
                try await client.klines(symbol: other, interval: .oneHour)
            }
        }
        #expect(time.slept.isEmpty)
    }

    @Test("a 429 is waited for, once, as long as it says")
    func rateLimited() async throws {
        try await withServer { client, server in
            await server.inject(.rateLimited(retryAfter: 7))
            let candles = try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            #expect(candles.count == 10)
        }
        #expect(time.slept == [7000])
    }

    @Test("a ban ends the request, and the next one is not even sent")
    func banned() async throws {
        try await withServer { client, server in
            await server.inject(.banned(retryAfter: 300))
            for _ in 0..<2 {
                await #expect(throws: BinanceError.banned(retryAfterSeconds: 300)) {
                    try await client.klines(symbol: symbol, interval: .fifteenMinutes)
                }
            }
            #expect(await server.requests.count == 1)
        }
    }

    @Test("near the weight limit the client slows down")
    func weight() async throws {
        try await withServer { client, server in
            await server.inject(.usedWeight(5398))
            _ = try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            _ = try await client.klines(symbol: symbol, interval: .fifteenMinutes)
        }
        #expect(time.slept == [30_000])
    }

    @Test("whoever keeps to the pauses is never banned")
    func manyRequests() async throws {
        let server = try await BinanceServer.start(series: [series(10)], time: Self.start)
        await server.setWeightLimit(20)
        let timing = time.timing { await server.setTime(Self.start + $0) }
        let client = try BinanceClient(http: .shared, baseURL: server.baseURL, timing: timing)
        for _ in 0..<50 { _ = try await client.klines(symbol: symbol, interval: .fifteenMinutes) }
        // Ten requests of weight 2 fit into a minute; the eleventh waits for the next.
        #expect(time.slept == [60_000, 60_000, 60_000, 60_000])
        await server.stop()
    }

    @Test(
        "firewall pages and barred countries become one sentence",
        arguments: [(Fault.forbidden, 403), (.restrictedLocation, 451)])
    func blocked(fault: Fault, status: Int) async throws {
        try await withServer { client, server in
            await server.inject(fault)
            let error = await #expect(throws: BinanceError.self) {
                try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            }
            #expect(error == .blocked(status: status, host: "127.0.0.1"))
            #expect(error?.description.contains("html") == false)
        }
    }

    @Test(
        "passing trouble is overcome",
        arguments: [
            [Fault.serverError(502), .serverError(503), .serverError(500)], [.droppedConnection], [.cutOffBody],
            [.error(status: 400, code: -1008, message: "Server is currently overloaded.")],
        ])
    func passingTrouble(faults: [Fault]) async throws {
        try await withServer { client, server in
            for fault in faults { await server.inject(fault) }
            let candles = try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            #expect(candles.count == 10)
        }
        #expect(time.slept == [[1000], [1000, 2000, 4000]].first { $0.count == faults.count })
    }

    @Test("lasting server trouble is told after four attempts")
    func lastingTrouble() async throws {
        try await withServer { client, server in
            for _ in 0..<4 { await server.inject(.serverError(502)) }
            await #expect(throws: BinanceError.serverFailure(status: 502, host: "127.0.0.1")) {
                try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            }
        }
    }

    @Test("other refusals are told in Binance's words")
    func refused() async throws {
        try await withServer { client, server in
            await server.inject(.error(status: 400, code: -1120, message: "Invalid interval."))
            await #expect(throws: BinanceError.refused(status: 400, code: -1120, message: "Invalid interval.")) {
                try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            }
        }
    }

    @Test(
        "an answer that is not what Binance sends is refused",
        arguments: [
            "<html>", "", "[[", "{}", "[{}]", "[[1722470400000]]",
            #"[[1722470400000,"1","2","1","1","1",0,"0",0,"0","0","0","extra"]]"#,
            #"[[1722470400000,1,"2","1","1","1",0,"0",0,"0","0","0"]]"#,
            #"[["1722470400000","1","2","1","1","1",0,"0",0,"0","0","0"]]"#,
            #"[[1722470400000,"NaN","2","1","1","1",0,"0",0,"0","0","0"]]"#,
            #"[[1722470400000,"0x1","2","1","1","1",0,"0",0,"0","0","0"]]"#,
            #"[[1e300,"1","2","1","1","1",0,"0",0,"0","0","0"]]"#,
            // No candle at all: low above high.
            #"[[1722470400000,"1","2","3","1","1",0,"0",0,"0","0","0"]]"#,
            // Not rising.
            #"[[900000,"1","2","1","1","1",0,"0",0,"0","0","0"],[0,"1","2","1","1","1",0,"0",0,"0","0","0"]]"#,
        ])
    func malformed(body: String) async throws {
        try await withServer { client, server in
            await server.inject(.garbage(body))
            let error = await #expect(throws: BinanceError.self) {
                try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            }
            guard case .unexpectedAnswer("127.0.0.1", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("one bar that breaks Binance's own grid does not lose the others")
    func unsoundRow() async throws {
        var odd = series(3)
        odd.klines[1].openTime += 1
        let server = try await BinanceServer.start(series: [odd])
        let client = try BinanceClient(http: .shared, baseURL: server.baseURL, timing: time.timing)
        let candles = try await all(client.candles(symbol: symbol, interval: .fifteenMinutes))
        #expect(candles.map(\.openTime) == [Self.start, Self.start + 2 * Self.bar])
        await server.stop()
    }

    @Test("a server that is not there is told after four attempts")
    func unreachable() async throws {
        let server = try await BinanceServer.start(series: [])
        await server.stop()
        let http = HTTPClient(configuration: BinanceClient.httpConfiguration)
        let client = try BinanceClient(http: http, baseURL: server.baseURL, timing: time.timing)
        let error = await #expect(throws: BinanceError.self) { try await client.serverTime() }
        guard case .unreachable("127.0.0.1", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(time.slept == [1000, 2000, 4000])
        try await http.shutdown()
    }

    @Test("a cancelled task ends the request, not the client")
    func cancellation() async throws {
        try await withServer { client, server in
            await server.inject(.slow(.seconds(60)))
            let task = Task { [symbol] in try await client.klines(symbol: symbol, interval: .fifteenMinutes) }
            while await server.requests.isEmpty { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let candles = try await client.klines(symbol: symbol, interval: .fifteenMinutes)
            #expect(candles.count == 10)
        }
        #expect(time.slept.isEmpty)
    }

    @Test(
        "a base URL that cannot be used is refused",
        arguments: ["", "data-api.binance.vision", "ftp://x", "https://", "https://x/?a=b"])
    func badBaseURL(url: String) {
        #expect(throws: BinanceError.badBaseURL(url)) { try BinanceClient(http: .shared, baseURL: url) }
    }
}
