import Evaluation
import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

extension LearningCycle {
    /// Scenario markets of each kind on which challenger and champion are compared.
    static let worldsOfEachKind: UInt64 = 3

    /// Walks challenger, champion and buy-and-hold over the same bars that none was trained on, and over the scenario worlds, and asks
    /// the gate.
    func validate(_ job: CycleJob) throws -> CycleResults.Validate {
        let data = try data(of: job)
        let challenger = Contender(policy: try trainedPolicy(job), layout: Self.layout)
        let champion = try championPolicy().flatMap { published in
            ObservationLayout.named(published.manifest.layout).map { Contender(policy: published.policy, layout: $0) }
        }
        let mine = try walk(challenger, data, job)
        let theirs = try champion.map { try walk($0, data, job) }
        let held = try hold(data)
        let worlds = try walkWorlds(challenger, champion, data, job)
        let interval = configuration.market.interval
        let tries = try triesAgainstChampion(job)
        let input = GateInput(
            challenger: mine.returns, champion: theirs?.returns, interval: interval, trades: mine.trades.count,
            worlds: worlds.compactMap(\.gateInput), tries: tries)
        let verdict = try PromotionGate(configuration.gate).judge(input, stream: job.stream("gate"))
        let against = theirs?.returns ?? Array(repeating: 0, count: mine.returns.count)
        // The gate's own resamples, so that the two never show different figures for one thing.
        var stream = job.stream("gate").split(champion == nil ? "flat" : "improvement")
        let difference = try StationaryBootstrap(
            meanBlock: Double(interval.barsPerDay), resamples: configuration.gate.resamples
        ).mean(of: zip(mine.returns, against).map { $0 - $1 }, stream: &stream)
        let validation = CycleReport.Validation(
            from: Date(milliseconds: data.judgedOn.lowerBound), to: Date(milliseconds: data.judgedOn.upperBound),
            bars: mine.returns.count, costs: configuration.costs, challenger: try mine.figures(interval),
            champion: try theirs?.figures(interval), buyAndHold: try held.figures(interval),
            meanDifference: difference.mean, differenceLow: difference.low, differenceHigh: difference.high,
            probabilityNotBetter: difference.probabilityNotPositive, tries: tries, worlds: worlds.map(\.summary),
            promoted: verdict.promoted)
        return CycleResults.Validate(
            validation: validation,
            reasons: verdict.reasons.map {
                CycleReport.Reason(
                    passed: $0.passed, english: $0.sentence(in: .english), russian: $0.sentence(in: .russian))
            },
            policyDrift: try champion.flatMap { try policyDrift(challenger, $0, data) }, validatedOn: data.judgedOn,
            equity: curves(mine, theirs, held))
    }

    private func trainedPolicy(_ job: CycleJob) throws -> ActorCritic {
        let train = try result(.train, of: job.record.id, as: CycleResults.Train.self)
        let file = policyFile(of: job.record.id)
        guard let weights = FileManager.default.contents(atPath: file.path), sha256(weights) == train.sha256 else {
            throw CycleError.lostPolicy(path: file.path)
        }
        return try ActorCritic(decoding: weights)
    }

    // MARK: Walks

    private func walk(_ contender: Contender, _ data: CycleData, _ job: CycleJob) throws -> Walk {
        let evaluator = PolicyEvaluator(contender.policy)
        let results = try data.series.map { series in
            let tables = try MarketTables(series, layout: contender.layout)
            evaluator.forget()
            return try Backtest.run(
                tables, bars: data.judgedBars(of: tables), costs: configuration.costs,
                protection: configuration.protection
            ) { observation in
                try job.stop.check()
                return evaluator.decide(observation)
            }
        }
        return Walk(results)
    }

    private func hold(_ data: CycleData) throws -> Walk {
        Walk(
            try data.series.map { series in
                let tables = try MarketTables(series, layout: Self.layout)
                return try Backtest.buyAndHold(tables, bars: data.judgedBars(of: tables), costs: configuration.costs)
            })
    }

    private struct WorldWalk {
        var summary: CycleReport.World
        var gateInput: GateInput.World?
    }

    private func walkWorlds(
        _ challenger: Contender, _ champion: Contender?, _ data: CycleData, _ job: CycleJob
    ) throws -> [WorldWalk] {
        let drawn = try result(.generate, of: job.record.id, as: CycleResults.Generate.self).worlds
        let template = data.trainingSeries.first
        return try drawn.map { world in
            // Offset 0 was trained on.
            let markets = try (1...Self.worldsOfEachKind).map { try scenario(world, template: template, offset: $0) }
            func returns(_ contender: Contender) throws -> [Double] {
                let evaluator = PolicyEvaluator(contender.policy)
                return try markets.flatMap { kind, series in
                    evaluator.forget()
                    return try Backtest.run(
                        MarketTables(series, layout: contender.layout), costs: kind.costs(configuration.costs),
                        protection: configuration.protection
                    ) { observation in
                        try job.stop.check()
                        return evaluator.decide(observation)
                    }.netLogReturns
                }
            }
            let mine = try returns(challenger)
            let theirs = try champion.map(returns)
            let held = try markets.flatMap { kind, series in
                try Backtest.buyAndHold(
                    MarketTables(series, layout: Self.layout), costs: kind.costs(configuration.costs)
                ).netLogReturns
            }
            let days = Double(mine.count) / Double(configuration.market.interval.barsPerDay)
            func perDay(_ returns: [Double]) -> Double { expm1(returns.reduce(0, +) / max(days, 1e-9)) }
            return WorldWalk(
                summary: CycleReport.World(
                    world: world.world, challenger: perDay(mine), champion: theirs.map(perDay), buyAndHold: perDay(held)
                ),
                gateInput: theirs.map {
                    GateInput.World(
                        name: world.world, challenger: mine, champion: $0,
                        meanBlock: Double(configuration.market.interval.barsPerDay))
                })
        }
    }

    // MARK: Against whom, how often

    /// Candidates tried against the present champion in the last seven days, this cycle's included.
    private func triesAgainstChampion(_ job: CycleJob) throws -> Int {
        let week = now().addingTimeInterval(-7 * 86_400)
        return try store.read { transaction in
            let since = try transaction.policy(in: .champion)?.deployedAt ?? .distantPast
            let cycles = try transaction.rejectedCycles(since: max(since, week)) + [job.record.id]
            return try cycles.reduce(0) { sum, cycle in
                let train = try result(.train, of: cycle, as: CycleResults.Train.self, in: transaction)
                return sum + (train?.candidates?.count ?? 1)
            }
        }
    }

    /// Jensen–Shannon divergence of the two policies' actions on the judged bars, flat position, at most 2,048 of them.
    private func policyDrift(_ challenger: Contender, _ champion: Contender, _ data: CycleData) throws -> Double? {
        guard challenger.layout == champion.layout, let series = data.series.first else { return nil }
        let tables = try MarketTables(series, layout: challenger.layout)
        let judged = data.judgedBars(of: tables)
        let bars = max(judged.lowerBound, judged.upperBound - 2_048)..<judged.upperBound
        func probabilities(_ contender: Contender) throws -> [Float] {
            let evaluator = PolicyEvaluator(contender.policy)
            var rows: [Float] = []
            _ = try Backtest.run(tables, bars: bars, costs: configuration.costs) { observation in
                rows += evaluator.decide(observation).probabilities
                return PolicyDecision(exposure: .flat)
            }
            return rows
        }
        return try PolicyDrift.jensenShannon(
            probabilities(challenger), probabilities(champion), actions: Exposure.allCases.count)
    }

    private func curves(_ mine: Walk, _ theirs: Walk?, _ held: Walk) -> CycleResults.EquityCurves {
        let stride = max(1, mine.times.count / 400)
        let last = mine.times.count - 1
        let picks = Array(Swift.stride(from: 0, to: last, by: stride)) + [last]
        func pick(_ walk: Walk) -> [Double] { picks.map { walk.equity[$0] } }
        return CycleResults.EquityCurves(
            times: picks.map { mine.times[$0] }, challenger: pick(mine), champion: theirs.map(pick),
            buyAndHold: pick(held))
    }
}

/// A policy and how it wants to see the market.
private struct Contender {
    let policy: ActorCritic
    let layout: ObservationLayout
}

/// One policy's way over the judged bars, its symbols held in equal parts.
private struct Walk {
    let times: [Int64]
    /// Net log return a bar of the equally weighted whole.
    let returns: [Double]
    let trades: [TradeRecord]

    init(_ results: [BacktestResult]) {
        let whole = EqualWeights(results)
        times = whole.openTimes
        returns = whole.netLogReturns
        trades = whole.trades
    }

    var equity: [Double] {
        var total = 0.0
        return returns.map { value in
            total += value
            return exp(total)
        }
    }

    func figures(_ interval: Interval) throws -> CycleReport.Figures {
        let returns = try ReturnStatistics(logReturns: returns, interval: interval)
        let wins = try TradeStatistics(netReturns: trades.map(\.netReturn))
        return CycleReport.Figures(
            totalReturn: returns.totalReturn, meanLogReturnPerBar: returns.meanLogReturnPerBar,
            sharpeAnnual: returns.sharpeAnnual, maxDrawdown: returns.maxDrawdown, trades: wins.trades,
            winRate: wins.winRate, winRateLow: wins.winRateLow, winRateHigh: wins.winRateHigh,
            breakEvenWinRate: wins.breakEvenWinRate ?? 0)
    }
}
