import Foundation
import GRDB

/// Why a trade ended as it did, as it was found out and told; kept, so that it can be read when the policy is gone.
public struct TradeAnalysisRow: StoredRecord {
    public static let databaseTableName = "trade_analyses"
    public var tradeId: Int64
    /// JSON of the evidence, its SHA-256, and JSON of the verdict.
    public var evidence: String
    public var digest: String
    public var verdict: String
    /// Candles that were there after the exit; with more of them later exits can be looked at.
    public var barsAfter: Int
    /// Of the program that computed it.
    public var codeVersion: String
    public var createdAt: Date

    public init(
        tradeId: Int64, evidence: String, digest: String, verdict: String, barsAfter: Int, codeVersion: String,
        createdAt: Date
    ) {
        self.tradeId = tradeId
        self.evidence = evidence
        self.digest = digest
        self.verdict = verdict
        self.barsAfter = barsAfter
        self.codeVersion = codeVersion
        self.createdAt = createdAt
    }
}

/// What a policy saw when it entered a trade, beside the result: what later entries are compared with.
public struct TradeStateRow: Sendable, Equatable {
    public var trade: Int64
    /// Name of the observation layout the state follows.
    public var layout: String
    public var synthetic: Bool
    public var exitAt: Date
    public var netReturn: Double
    public var state: [Float]

    public init(trade: Int64, layout: String, synthetic: Bool, exitAt: Date, netReturn: Double, state: [Float]) {
        self.trade = trade
        self.layout = layout
        self.synthetic = synthetic
        self.exitAt = exitAt
        self.netReturn = netReturn
        self.state = state
    }
}

extension Transaction {
    public func analysis(ofTrade trade: Int64) throws -> TradeAnalysisRow? {
        try TradeAnalysisRow.fetchOne(db, key: trade)
    }

    public func save(_ analysis: TradeAnalysisRow) throws { try analysis.replace(in: db) }

    /// Forgets an analysis; the next question makes it anew.
    package func deleteAnalysis(ofTrade trade: Int64) throws {
        try db.execute(sql: "DELETE FROM trade_analyses WHERE trade_id = ?", arguments: [trade])
    }

    /// Losing trades among the newest `among` that have no analysis yet, the newest first.
    public func tradesToAnalyse(among: Int, limit: Int) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM trades WHERE id > (SELECT max(id) FROM trades) - ? AND net_return < 0
                    AND NOT EXISTS (SELECT 1 FROM trade_analyses WHERE trade_id = trades.id)
                ORDER BY id DESC LIMIT ?
                """, arguments: [among, limit])
    }

    public func insert(_ state: TradeStateRow) throws {
        try TradeStateTable.insert(state, in: db)
    }

    /// The newest states of trades closed until `time`, at most `limit`, the newest first.
    public func tradeStates(
        layout: String, synthetic: Bool, closedUntil time: Date, limit: Int
    ) throws -> [TradeStateRow] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT exit_at, trade_id, net_return, state FROM trade_states
                WHERE layout = ? AND synthetic = ? AND exit_at <= ? ORDER BY exit_at DESC, trade_id DESC LIMIT ?
                """, arguments: [layout, synthetic, time.milliseconds, limit])
        var states: [TradeStateRow] = []
        while let row = try rows.next() {
            states.append(
                TradeStateRow(
                    trade: row[1], layout: layout, synthetic: synthetic, exitAt: Date(milliseconds: row[0]),
                    netReturn: row[2], state: try row.withUnsafeData(atIndex: 3) { FloatBlob.floats($0) }))
        }
        return states
    }

    /// The newest states of the experience decided until `time`, at most `limit`.
    public func experienceStates(
        layout: String, synthetic: Bool, decidedUntil time: Date, limit: Int
    ) throws -> [[Float]] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT state FROM experience WHERE layout = ? AND synthetic = ? AND timestamp <= ?
                ORDER BY id DESC LIMIT ?
                """, arguments: [layout, synthetic, time.milliseconds, limit])
        var states: [[Float]] = []
        while let row = try rows.next() {
            states.append(try row.withUnsafeData(atIndex: 0) { FloatBlob.floats($0) })
        }
        return states
    }
}

/// Little-endian Float32, as states are stored.
enum FloatBlob {
    static func floats(_ data: Data?) -> [Float] {
        guard let data else { return [] }
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
    }

    static func data(_ floats: [Float]) -> Data {
        floats.reduce(into: Data(capacity: floats.count * 4)) { data, value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
    }
}
