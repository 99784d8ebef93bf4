import Analyst
import Foundation
import Logging
import Policies
import Store

/// Answers why trades ended as they did, on a thread of its own, and keeps what it found.
public struct TradeAnalyst: Sendable {
    private let store: Store
    private let loader: CaseLoader
    private let charts: URL
    let worker: WorkerThread
    private let now: @Sendable () -> Date
    private let logger: Logger

    /// Trades looked at after each walk, among so many of the newest.
    private static let atOnce = 20
    private static let newest = 200
    /// Pictures that are kept.
    private static let pictures = 200

    /// - Parameter charts: folder its pictures go to.
    public init(
        store: Store, registry: PolicyRegistry, charts: URL, now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.store = store
        loader = CaseLoader(store: store, registry: registry)
        self.charts = charts
        // Someone waits for its answers, so it does not step back behind the training.
        worker = WorkerThread(name: "analyst-0", niceness: 0)
        self.now = now
        self.logger = logger
    }

    /// The analysis of a trade, from the store or made now; nil for a trade that does not exist.
    public func analysis(of trade: Int64) async throws -> TradeAnalysis? {
        try await worker.run { try analyse(trade) }
    }

    /// The picture of a trade, drawn anew: path of a PNG file; nil when its candles or the drawing library fail.
    public func picture(of trade: Int64, in language: AnswerLanguage) async throws -> String? {
        try await worker.run { try draw(trade, language) }
    }

    /// Where ``picture(of:in:)`` has put it; nil when it is not there.
    public func storedPicture(of trade: Int64, in language: AnswerLanguage) -> String? {
        let path = file(of: trade, language).path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Looks at the newest losses while the policy that made them is certain to be there.
    func analyseNew() async {
        do {
            try await worker.run {
                let trades = try store.read { try $0.tradesToAnalyse(among: Self.newest, limit: Self.atOnce) }
                for trade in trades { _ = try analyse(trade) }
            }
        } catch {
            logger.warning(
                "a loss was not analysed; it will be when it is asked about", metadata: ["error": "\(error)"])
        }
    }

    /// Blocks; what ``analysis(of:)`` does on its thread.
    func analyse(_ trade: Int64) throws -> TradeAnalysis? {
        guard let row = try store.read({ try $0.trade(trade) }) else { return nil }
        let known = try store.read { try $0.analysis(ofTrade: trade) }
        let barsAfter = try loader.barsAfter(row)
        if let known, known.barsAfter >= barsAfter { return try TradeAnalysis(row, known) }
        let tradeCase = try loader.tradeCase(of: row)
        var evidence = EvidenceBuilder.evidence(of: tradeCase)
        if let known { evidence = evidence.completed(by: try LossEvidence(json: known.evidence)) }
        let analysis = TradeAnalysisRow(
            tradeId: trade, evidence: try evidence.json(), digest: try evidence.digest(),
            verdict: try JSON.text(Verdict(evidence)), barsAfter: barsAfter,
            codeVersion: ControlPlane.version, createdAt: now())
        try store.write { try $0.save(analysis) }
        return try TradeAnalysis(row, analysis)
    }

    private func draw(_ trade: Int64, _ language: AnswerLanguage) throws -> String? {
        guard let analysis = try analyse(trade) else { return nil }
        let tradeCase = try loader.tradeCase(of: analysis.trade)
        guard let chart = TradeChart.make(tradeCase, evidence: analysis.evidence, in: language) else { return nil }
        let file = file(of: trade, language)
        do {
            try Data(chart.png()).write(to: file, options: .atomic)
        } catch {
            logger.warning(
                "the picture of a trade was not drawn", metadata: ["trade": "\(trade)", "error": "\(error)"])
            return nil
        }
        prune()
        return file.path
    }

    private func file(of trade: Int64, _ language: AnswerLanguage) -> URL {
        charts.appendingPathComponent("trade-\(trade)-\(language.rawValue).png")
    }

    /// Removes the oldest pictures beyond the limit; they can be drawn again.
    private func prune() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: charts.path)) ?? []  // nothing to remove then
        let own = names.filter { $0.hasPrefix("trade-") }
        guard own.count > Self.pictures else { return }
        let dated = own.map { name -> (URL, Date) in
            let file = charts.appendingPathComponent(name)
            // One that vanished meanwhile counts as the oldest.
            let values = try? file.resourceValues(forKeys: [.contentModificationDateKey])
            return (file, values?.contentModificationDate ?? .distantPast)
        }
        for (file, _) in dated.sorted(by: { $0.1 < $1.1 }).prefix(own.count - Self.pictures) {
            // A picture that stays is removed the next time.
            try? FileManager.default.removeItem(at: file)
        }
    }
}
