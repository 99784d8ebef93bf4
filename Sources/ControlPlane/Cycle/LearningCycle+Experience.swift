import Foundation
import Market
import Policies
import Reinforcement
import Simulation
import Store

extension LearningCycle {
    // MARK: generate

    /// Draws the scenario worlds of this cycle: which, how long, from which seed. They are generated again from these when they
    /// are needed, which takes milliseconds.
    func generate(_ job: CycleJob) throws -> CycleResults.Generate {
        var stream = job.stream("worlds")
        let worlds = ScenarioWorld.allCases.map { world in
            CycleResults.Generate.World(
                world: world.rawValue, seed: stream.next() >> 1, bars: configuration.training.worldBars)
        }
        let template = try data(of: job).trainingSeries.first
        for world in worlds {
            try job.stop.check()
            _ = try scenario(world, template: template, offset: 0)
        }
        return CycleResults.Generate(worlds: worlds)
    }

    /// A scenario with the price, volatility and volume of `template`; `offset` gives further ones of the same character.
    func scenario(
        _ world: CycleResults.Generate.World, template: CandleSeries?, offset: UInt64
    ) throws -> (world: ScenarioWorld, series: CandleSeries) {
        guard let kind = ScenarioWorld(rawValue: world.world) else {
            throw CycleError.missingResult(step: .generate)
        }
        let series = try kind.generate(
            interval: configuration.market.interval, bars: world.bars, seed: world.seed &+ offset, template: template)
        return (kind, series)
    }

    // MARK: experience

    /// Lets the champion act on the newest candles and stores what it saw, did and got, for retraining offline.
    func gatherExperience(_ job: CycleJob, started: Date) throws {
        let limit = configuration.training.experiencePerCycle
        guard limit > 0, let champion = try championPolicy(),
            let layout = ObservationLayout.named(champion.manifest.layout)
        else {
            return try store.write {
                try save(.experience, job, started, CycleResults.Experience(rows: 0, policy: nil), in: $0)
            }
        }
        var rows: [ExperienceRow] = []
        let data = try data(of: job)
        for series in data.series {
            let tables = try MarketTables(series, layout: layout)
            let share = max(2, limit / data.series.count)
            let bars = max(tables.usableBars.lowerBound, tables.count - share - 2)..<tables.count
            var states: [Data] = []
            let evaluator = PolicyEvaluator(champion.policy)
            let result = try Backtest.run(
                tables, bars: bars, costs: configuration.costs, protection: configuration.protection
            ) { observation in
                try job.stop.check()
                states.append(Data(buffer: observation))
                return evaluator.decide(observation)
            }
            for step in 0..<max(0, states.count - 1) {
                rows.append(
                    ExperienceRow(
                        policyVersion: champion.manifest.version, symbol: series.symbol.rawValue,
                        interval: series.interval.rawValue, synthetic: series.isSynthetic, layout: layout.version,
                        timestamp: Date(milliseconds: result.openTimes[step] + series.interval.milliseconds),
                        state: states[step], action: result.exposures[step].rawValue,
                        reward: 100 * result.netLogReturns[step], nextState: states[step + 1]))
            }
        }
        let gathered = rows
        try store.write { transaction in
            try transaction.insert(gathered, keep: configuration.training.experienceKept)
            let summary = CycleResults.Experience(rows: gathered.count, policy: champion.manifest.version)
            try save(.experience, job, started, summary, in: transaction)
        }
    }

    /// The champion's files, proven; nil before the first.
    func championPolicy() throws -> PublishedPolicy? {
        try store.read { try $0.policy(in: .champion)?.version }.map { try registry.load($0) }
    }
}
