import ControlPlane
import Foundation
import Market
import Store
import Testing

struct TradeImportTests {
    private static let plain = """
        symbol,side,entry_at,exit_at,entry_price,exit_price,entry_fee,exit_fee,exit_reason
        BTCUSDT,long,2024-02-01T00:00:00Z,2024-02-01T06:00:00Z,100,110,0.001,0.001,roi
        ETHUSDT,short,2024-02-01 03:00:00,2024-02-01 04:00:00,50,40,0.001,0.001,stop
        BTCUSDT,long,2024-02-01T06:00:00Z,2024-02-02T00:00:00Z,110,99,0.001,0.001,stop
        """

    /// As freqtrade's back-test writes them.
    private static let freqtrade = """
        {"strategy": {"Sample": {"trades": [
          {"pair": "BTC/USDT:USDT", "open_date": "2024-02-01 00:00:00+00:00", "close_date": "2024-02-01 06:00:00+00:00",
           "open_rate": 100.0, "close_rate": 110.0, "fee_open": 0.001, "fee_close": 0.001, "is_short": false,
           "profit_ratio": 0.0979, "exit_reason": "roi"},
          {"pair": "ETH/USDT", "open_timestamp": 1706756400000, "close_timestamp": 1706760000000, "open_rate": 50, "close_rate": 40,
           "fee_open": 0.001, "fee_close": 0.001, "is_short": true, "exit_reason": "stop"}]}}}
        """

    private func read(_ text: String) throws(TradeImportError) -> TradeImport {
        try TradeImport(Data(text.utf8), fee: 0.001)
    }

    @Test("plain CSV and freqtrade's export say the same")
    func forms() throws {
        let (csv, json) = (try read(Self.plain), try read(Self.freqtrade))
        #expect(csv.rows.count == 3 && json.rows.count == 2)
        for (one, other) in zip(csv.rows, json.rows) {
            #expect(one.symbol == other.symbol && one.side == other.side && one.entryAt == other.entryAt)
            #expect(one.exitAt == other.exitAt && one.exitPrice == other.exitPrice)
        }
    }

    @Test("returns are net of the bot's own fees, worked by hand")
    func returns() throws {
        let shop = try Workshop()
        _ = try shop.write { try shop.control.store(try read(Self.plain), source: "mybot", in: $0) }
        let rows = try shop.store.read { try $0.trades(limit: 10) }.reversed().map { $0 }
        // +10 % less 0.1 % of 1 and of 1.1; short from 50 to 40: +20 % less 0.1 % of 1 and of 0.8.
        #expect(abs(rows[0].netReturn - (0.1 - 0.0021)) < 1e-12)
        #expect(abs(rows[1].netReturn - (0.2 - 0.0018)) < 1e-12)
        #expect(rows[1].side == "short" && rows.allSatisfy { $0.source == "mybot" && !$0.synthetic })
    }

    @Test("the same file again stores nothing twice; a trade that overlaps a stored one stores nothing at all")
    func again() throws {
        let shop = try Workshop()
        let trades = try read(Self.plain)
        #expect(try shop.write { try shop.control.store(trades, source: "mybot", in: $0) }.stored.count == 3)
        let second = try shop.write { try shop.control.store(trades, source: "mybot", in: $0) }
        #expect(second.stored.isEmpty && second.known == 3)
        let clash = try read(
            """
            symbol,side,entry_at,exit_at,entry_price,exit_price
            ETHUSDT,long,2024-03-01,2024-03-02,10,11
            BTCUSDT,long,2024-02-01T05:00:00Z,2024-02-01T07:00:00Z,100,110
            """)
        #expect(throws: TradeImportError.overlapsStored(place: 3, trade: 1)) {
            try shop.write { _ = try shop.control.store(clash, source: "mybot", in: $0) }
        }
        #expect(try shop.store.read { try $0.tradeCount() } == 3)
    }

    @Test(
        "rows that cannot be are refused by number, each with its own sentence",
        arguments: [
            (
                "BTCUSDT,long,2024-02-03,2024-02-04,1,1\nBTCUSDT,long,2024-02-01,2024-02-02,1,1",
                TradeImportError.outOfOrder(place: 3, before: 2)
            ),
            (
                "BTCUSDT,long,2024-02-01,2024-02-04,1,1\nBTCUSDT,long,2024-02-02,2024-02-05,1,1",
                .overlapping(place: 3, other: 2)
            ),
            ("BTCUSDT,long,2024-02-03,2024-02-01,1,1", .backwards(place: 2)),
            ("BTCUSDT,up,2024-02-01,2024-02-02,1,1", .value(place: 2, field: "side", text: "up")),
            ("BTCUSDT,long,2024-02-01,2024-02-02,0,1", .value(place: 2, field: "entry_price", text: "0")),
            ("BTCUSDT,long,2024-02-01,2024-02-02,1,nan", .value(place: 2, field: "exit_price", text: "nan")),
            ("B,long,2024-02-01,2024-02-02,1,1", .value(place: 2, field: "symbol", text: "B")),
            ("BTCUSDT,long,yesterday,2024-02-02,1,1", .value(place: 2, field: "entry_at", text: "yesterday")),
            ("BTCUSDT,long,2024-02-01,2024-02-02,1", .columns(place: 2, got: 5, wanted: 6)),
            ("BTCUSDT,long,,2024-02-02,1,1", .missing(place: 2, field: "entry_at")),
            ("", .empty),
        ])
    func refusals(rows: String, error: TradeImportError) {
        #expect(throws: error) { _ = try read("symbol,side,entry_at,exit_at,entry_price,exit_price\n" + rows) }
    }

    @Test("what is neither a table nor a list is refused")
    func neither() {
        #expect(throws: TradeImportError.noList) { _ = try read("{\"a\": 1}") }
        #expect(throws: TradeImportError.self) { _ = try read("[{]") }
        #expect(throws: TradeImportError.empty) { _ = try read("[]") }
    }
}
