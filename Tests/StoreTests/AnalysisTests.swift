import Foundation
import Store
import Testing

@Suite("Analyses of trades")
struct AnalysisTests {
    private func trade(_ index: Int, net: Double, detail: String = "{}") -> TradeRow {
        let entry = Date(milliseconds: Int64(index) * 3_600_000)
        return TradeRow(
            source: "paper", policyVersion: 1, symbol: "BTCUSDT", interval: "1h", synthetic: true, side: "long",
            entryAt: entry, exitAt: entry.addingTimeInterval(1800), entryPrice: 100, exitPrice: 99, grossReturn: -0.01,
            fees: 0.002, slippage: 0, netReturn: net, bars: 1, exitReason: "signal", detail: detail, recordedAt: entry)
    }

    @Test("states come back as they went in, the newest first, those of other markets and later trades left out")
    func states() throws {
        let folder = try Folder()
        let store = try folder.store()
        try store.write { transaction in
            for index in 1...5 {
                let id = try #require(try transaction.insert(trade(index, net: 0.01)))
                try transaction.insert(
                    TradeStateRow(
                        trade: id, layout: index == 4 ? "other" : "trading-1", synthetic: index != 3,
                        exitAt: trade(index, net: 0).exitAt, netReturn: Double(index), state: [Float(index), -0.5]))
            }
        }
        func found(until index: Int, limit: Int = 10) throws -> [TradeStateRow] {
            try store.read {
                try $0.tradeStates(
                    layout: "trading-1", synthetic: true, closedUntil: trade(index, net: 0).exitAt, limit: limit)
            }
        }
        #expect(try found(until: 9).map(\.trade) == [5, 2, 1])
        #expect(try found(until: 2).map(\.state) == [[2, -0.5], [1, -0.5]])
        #expect(try found(until: 9, limit: 1).map(\.netReturn) == [5])
    }

    @Test("losses without an analysis are found among the newest trades")
    func toAnalyse() throws {
        let folder = try Folder()
        let store = try folder.store()
        try store.write { transaction in
            for index in 1...6 { _ = try transaction.insert(trade(index, net: index == 5 ? 0.01 : -0.01)) }
            try transaction.save(
                TradeAnalysisRow(
                    tradeId: 6, evidence: "{}", digest: "d", verdict: "{}", barsAfter: 6, codeVersion: "1",
                    createdAt: Date(milliseconds: 0)))
        }
        #expect(try store.read { try $0.tradesToAnalyse(among: 4, limit: 10) } == [4, 3])
        #expect(try store.read { try $0.tradesToAnalyse(among: 100, limit: 2) } == [4, 3])
    }

    @Test("a database from before keeps its trades' states, those without inputs left out")
    func takenOver() throws {
        let folder = try Folder()
        do {
            let store = try folder.store()
            try store.write { transaction in
                _ = try transaction.insert(trade(1, net: -0.01, detail: #"{"inputs":[1.5,-2],"layout":"trading-1"}"#))
                _ = try transaction.insert(trade(2, net: -0.01))
                _ = try transaction.insert(trade(3, net: -0.01, detail: "not JSON"))
            }
            try store.execute("DROP TABLE trade_states")
            try store.execute("DROP TABLE trade_analyses")
            try store.execute("DELETE FROM grdb_migrations WHERE identifier = 'trade-analysis-1'")
        }
        let states = try folder.store().read {
            try $0.tradeStates(
                layout: "trading-1", synthetic: true, closedUntil: Date(milliseconds: 1 << 40), limit: 10)
        }
        #expect(states.map(\.trade) == [1] && states.map(\.state) == [[1.5, -2]])
    }
}
