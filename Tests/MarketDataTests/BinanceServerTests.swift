import AsyncHTTPClient
import BinanceServer
import Foundation
import NIOCore
import Testing

/// The stand-in refuses what Binance refuses; texts and codes are those of Binance's documentation.
struct BinanceServerTests {
    @Test(
        "wrong parameters are answered as Binance answers them",
        arguments: [
            ("klines?interval=1h", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
            (
                "klines?symbol=BTCUSDT", -1102,
                "Mandatory parameter 'interval' was not sent, was empty/null, or malformed."
            ),
            (
                "klines?symbol=btcusdt&interval=1h", -1100,
                "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."
            ),
            ("klines?symbol=BTCUSDT&interval=1H", -1120, "Invalid interval."),
            ("klines?symbol=NOSUCH&interval=1h", -1121, "Invalid symbol."),
            (
                "klines?symbol=BTCUSDT&interval=1h&limit=x", -1100,
                "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."
            ),
            (
                "klines?symbol=BTCUSDT&interval=1h&from=1", -1104,
                "Not all sent parameters were read; read '2' parameter(s) but was sent '3'."
            ),
        ])
    func parameters(query: String, code: Int, message: String) async throws {
        let (status, body) = try await ask(query)
        #expect(status == 400)
        #expect(body == #"{"code":\#(code),"msg":"\#(message)"}"#)
    }

    @Test("no times: the latest; a start: the first from there; at most 1000, 500 unless asked")
    func selection() async throws {
        #expect(try await ask("klines?symbol=BTCUSDT&interval=1h&limit=1").body.hasPrefix("[[7196400000,"))
        #expect(try await ask("klines?symbol=BTCUSDT&interval=1h&limit=1&startTime=1").body.hasPrefix("[[3600000,"))
        #expect(try await ask("klines?symbol=BTCUSDT&interval=1h&limit=1&endTime=7200000").body.hasPrefix("[[7200000,"))
        #expect(try await rows("klines?symbol=BTCUSDT&interval=1h") == 500)
        #expect(try await rows("klines?symbol=BTCUSDT&interval=1h&limit=5000") == 1000)
    }

    private func rows(_ query: String) async throws -> Int {
        try await ask(query).body.components(separatedBy: "],[").count
    }

    /// One request to a server with 2,000 hours from 1970 on.
    private func ask(_ query: String) async throws -> (status: Int, body: String) {
        let server = try await BinanceServer.start(series: [
            .randomWalk(symbol: "BTCUSDT", interval: "1h", from: 0, count: 2000)
        ])
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: server.baseURL + "/api/v3/" + query), timeout: .seconds(10))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
        #expect(response.headers.first(name: "X-MBX-USED-WEIGHT-1M") == "2")
        await server.stop()
        return (Int(response.status.code), body)
    }
}
