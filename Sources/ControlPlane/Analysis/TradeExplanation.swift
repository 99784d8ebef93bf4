import Analyst

/// An analysis as programs read it: `marketflow why --json` and the API give the same members.
public struct TradeExplanation: Encodable, Sendable {
    private enum CodingKeys: String, CodingKey {
        case trade, symbol, interval, side, synthetic, split, causes, verdict, evidence, digest, text, source
        case netPnL = "net_pnl"
    }

    private struct CauseBody: Encodable {
        let cause: CauseKind
        let evidence: [EvidenceID]
        /// Fraction of the equity at entry; absent where there is no counterfactual.
        let recovered: Double?
    }

    private let trade: Int64
    private let symbol: String
    private let interval: String
    private let side: String
    private let synthetic: Bool
    private let netPnL: Double
    /// Named parts that sum to the net result.
    private let split: [String: Double]
    private let verdict: [CauseKind]
    private let causes: [CauseBody]
    private let evidence: [String: EvidenceItem]
    private let digest: String
    private let text: String
    private let source: String

    /// The answer by rule.
    public init(_ analysis: TradeAnalysis, in language: AnswerLanguage) {
        self.init(analysis, text: analysis.text(in: language).plain, source: "rules")
    }

    /// - Parameter source: `rules`, or the model that worded the text.
    public init(_ analysis: TradeAnalysis, text: String, source: String) {
        trade = analysis.trade.id
        symbol = analysis.trade.symbol
        interval = analysis.trade.interval
        side = analysis.trade.side
        synthetic = analysis.trade.synthetic
        netPnL = analysis.trade.netReturn
        split = Dictionary(uniqueKeysWithValues: analysis.evidence.split.map { ($0.name, $0.value) })
        verdict = analysis.verdict.causes.map(\.kind)
        causes = analysis.verdict.causes.map {
            CauseBody(cause: $0.kind, evidence: $0.evidence, recovered: $0.recovered)
        }
        evidence = Dictionary(uniqueKeysWithValues: analysis.evidence.items.map { ($0.id.rawValue, $0) })
        digest = analysis.digest
        self.text = text
        self.source = source
    }
}
