import BinanceServer
import Market
import MarketData
import Testing

/// The two sources through their common protocol.
struct CandleSourceTests {
    private let folder: TemporaryFolder
    private let symbol: Symbol

    init() throws {
        folder = try TemporaryFolder()
        symbol = try #require(Symbol(rawValue: "BTCUSDT"))
    }

    private func openTimes(_ source: some CandleSource, since: Int64? = nil) async throws -> [Int64] {
        var times: [Int64] = []
        for try await batch in source.batches(symbol: symbol, interval: .oneMinute, since: since) {
            #expect(!batch.isEmpty)
            times += batch.map(\.openTime)
        }
        return times
    }

    private func file(_ name: String, _ minutes: [Int64]) throws -> String {
        try folder.file(name, minutes.map { "\($0 * 60_000),1,2,1,1,\($0)" }.joined(separator: "\n"))
    }

    @Test("files are read in order of time; other symbols and intervals are left alone")
    func files() async throws {
        let paths = [
            try file("BTCUSDT-1m-2.csv", [3, 4, 5]), try file("BTCUSDT-1m-1.csv", [0, 1, 2]),
            try file("ETHUSDT-1m-1.csv", [7]), try file("BTCUSDT-5m-1.csv", [10]),
        ]
        let source = try FileSource(paths: paths)
        #expect(try await openTimes(source) == [0, 1, 2, 3, 4, 5].map { $0 * 60_000 })
        #expect(try await openTimes(source, since: 240_000) == [240_000, 300_000])
        #expect(source.isSynthetic == false)
    }

    @Test("overlapping files give each candle once")
    func overlap() async throws {
        let paths = [try file("BTCUSDT-1m-1.csv", [0, 1, 2, 3]), try file("BTCUSDT-1m-2.csv", [2, 3, 4])]
        #expect(try await openTimes(try FileSource(paths: paths)) == [0, 1, 2, 3, 4].map { $0 * 60_000 })
    }

    @Test("of a bad file not one candle is handed out")
    func badFile() async throws {
        let rows = (0..<10_000).map { "\($0 * 60_000),1,2,1,1,1" } + ["x"]
        let path = try folder.file("BTCUSDT-1m-1.csv", rows.joined(separator: "\n"))
        var batches = 0
        await #expect(throws: CandleFileError.self) {
            for try await _ in try FileSource(paths: [path]).batches(symbol: symbol, interval: .oneMinute, since: nil) {
                batches += 1
            }
        }
        #expect(batches == 0)
        #expect(try await openTimes(try FileSource(paths: [path], mode: .lenient)).count == 10_000)
    }

    @Test("a file whose name tells no symbol is refused")
    func unnamed() throws {
        #expect(throws: CandleFileError.unnamed(file: "x.csv")) { try FileSource(paths: ["x.csv"]) }
    }

    @Test("Binance is a source of real candles")
    func binance() async throws {
        let server = try await BinanceServer.start(series: [
            .randomWalk(symbol: "BTCUSDT", interval: "1m", from: 0, count: 1200)
        ])
        let source = BinanceSource(try BinanceClient(http: .shared, baseURL: server.baseURL, timing: FakeTime().timing))
        #expect(try await openTimes(source, since: 600_000) == (10..<1200).map { $0 * 60_000 })
        #expect(source.isSynthetic == false)
        await server.stop()
    }
}
