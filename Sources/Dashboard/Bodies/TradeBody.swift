import Foundation
import Store

/// A closed trade as the API shows it; returns and costs are fractions of the equity at entry.
struct TradeBody: Encodable {
    let id: Int64
    let source: String
    let policy: Int?
    let symbol: String
    let interval: String
    let synthetic: Bool
    let side: String
    let entryAt: Date
    let exitAt: Date
    let entryPrice: Double
    let exitPrice: Double
    let grossReturn: Double
    let fees: Double
    let slippage: Double
    let netReturn: Double
    let bars: Int
    let exitReason: String
    let recordedAt: Date

    init(_ row: TradeRow) {
        id = row.id
        source = row.source
        policy = row.policyVersion
        symbol = row.symbol
        interval = row.interval
        synthetic = row.synthetic
        side = row.side
        entryAt = row.entryAt
        exitAt = row.exitAt
        entryPrice = row.entryPrice
        exitPrice = row.exitPrice
        grossReturn = row.grossReturn
        fees = row.fees
        slippage = row.slippage
        netReturn = row.netReturn
        bars = row.bars
        exitReason = row.exitReason
        recordedAt = row.recordedAt
    }
}
