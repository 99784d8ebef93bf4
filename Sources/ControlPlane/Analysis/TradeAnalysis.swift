import Analyst
import Foundation
import Store

/// Why one trade ended as it did: what every answer about it is made from.
public struct TradeAnalysis: Sendable {
    public let trade: TradeRow
    public let evidence: LossEvidence
    public let verdict: Verdict
    /// SHA-256 of the evidence.
    public let digest: String

    public func text(in language: AnswerLanguage) -> RuleText { RuleText(evidence, verdict, in: language) }

    init(_ trade: TradeRow, _ row: TradeAnalysisRow) throws {
        self.trade = trade
        evidence = try LossEvidence(json: row.evidence)
        verdict = try JSON.value(row.verdict)
        digest = row.digest
    }
}

extension Transaction {
    /// The stored analysis of a trade; nil while there is none.
    public func tradeAnalysis(_ trade: TradeRow) throws -> TradeAnalysis? {
        try analysis(ofTrade: trade.id).map { try TradeAnalysis(trade, $0) }
    }
}
