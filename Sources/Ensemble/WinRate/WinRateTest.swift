import Market
import Neural

/// The win-rate test: window after window, learn from the past, judge on what follows, then learn from that, too.
///
/// Nothing that is judged was learned from: each judged window lies behind its learning window and a gap as long as the longest
/// look back and look ahead together, weights stand still while a window is judged, and judged windows do not overlap. A
/// success is claimed on all windows so far together, at a confidence that allows for every look.
public struct WinRateTest: Sendable {
    public let plan: WinRatePlan
    public let windows: [TestWindow]
    public private(set) var weights: EnsembleWeights
    /// Models that fell out, with the reason.
    public private(set) var faults: [String: String] = [:]

    private var tapes: [SymbolTape]
    private let trainer: LGBMTrainer?
    /// Trades of the windows judged so far, and what chance made of them.
    private var judged: [EnsembleTrade.Result] = []
    private var chance = RandomAgentPool()
    private var hasLearned = false

    /// Asks every model for its signals on all candles.
    ///
    /// - Parameters:
    ///   - series: one of each of the plan's symbols.
    ///   - models: all but LightGBM, which is trained window by window.
    ///   - trainer: nil where LightGBM is absent.
    ///   - weights: to begin with.
    ///   - between: called between models and symbols; what it throws ends the work.
    /// - Throws: ``WinRateError``, and what `between` throws.
    public init(
        plan: WinRatePlan, series: [CandleSeries], models: [any SignalModel], trainer: LGBMTrainer?,
        weights: EnsembleWeights, between: () throws -> Void = {}
    ) throws {
        self.plan = plan
        self.trainer = trainer
        self.weights = weights
        let wanted = plan.symbols.compactMap { symbol in series.first { $0.symbol == symbol } }
        windows = try plan.windows(on: wanted)
        tapes = []
        for one in wanted {
            tapes.append(SymbolTape(one))
            try between()
        }
        for model in models where weights[model.name] != nil {
            try listen(to: model, between)
        }
        if trainer == nil { drop(LGBMModel.name, "LightGBM's library is absent") }
    }

    private mutating func listen(to model: any SignalModel, _ between: () throws -> Void) throws {
        do throws(SignalFault) {
            for index in tapes.indices {
                let bars = 0..<tapes[index].series.count
                let signals = try model.checkedSignals(on: tapes[index].series, bars: bars)
                tapes[index].set(signals, of: model.name, on: bars)
            }
        } catch {
            drop(model.name, "\(error)")
        }
        try between()
    }

    /// A model that cannot be used goes into the shadow, and the test goes on.
    private mutating func drop(_ model: String, _ reason: String) {
        guard weights[model] != nil else { return }
        faults[model] = reason
        for index in tapes.indices { tapes[index].silence(model) }
        // The last active model cannot be withdrawn; it is silent then.
        _ = try? weights.withdraw(model, reason: reason)
    }

    /// Takes up a test that was cut off: what was judged before, and the weights as they were after it.
    public mutating func resume(after trades: [EnsembleTrade.Result], weights: EnsembleWeights) {
        for (index, window) in windows.enumerated() {
            let within = trades.filter { window.judged.contains($0.entryTime) }
            if !within.isEmpty { add(within, index: index) }
        }
        self.weights = weights
        hasLearned = true
        for (model, reason) in faults { drop(model, reason) }
    }

    /// Does the iteration of window `index`; in order, each once.
    ///
    /// - Parameter between: called now and then; what it throws ends the work, and the test is then as it was before.
    public mutating func run(_ index: Int, between: () throws -> Void = {}) throws -> IterationOutcome {
        var next = self
        let outcome = try next.iterate(index, between)
        self = next
        return outcome
    }

    private mutating func iterate(_ index: Int, _ between: () throws -> Void) throws -> IterationOutcome {
        let window = windows[index]
        let stream = RandomStream(seed: plan.seed).split("win rate").split(index)
        let training = try train(window, index: index, between)
        var changes: [WeightChange] = []
        if !hasLearned {
            changes += try learn(from: walk(window.learning), named: "learning window")
            hasLearned = true
        }
        try between()
        let before = weights.table
        let walks = walk(window.judged)
        try between()
        let trades = walks.flatMap(\.closed).sorted {
            ($0.taken.exit?.bar ?? 0, $0.symbol) < ($1.taken.exit?.bar ?? 0, $1.symbol)
        }
        let results = trades.compactMap { $0.result(costs: plan.rules.costs, interval: plan.interval) }
        let drawn = add(results, index: index)
        let figures = try WinRateFigures(results, chance: drawn, plan: plan, stream: stream.split("window"))
        let pooled = try WinRateFigures(judged, chance: chance, plan: plan, stream: stream.split("pooled"))
        try between()
        let models = try weights.members.map { member in
            try between()
            return try alone(member.name, window)
        }
        changes += try learn(from: walks, named: "iteration \(index + 1)")
        let portfolio = Portfolio(walks, tapes: tapes, window: window.judged, interval: plan.interval)
        let result = IterationResult(
            iteration: index + 1, window: window, figures: figures, pooled: pooled, roi: portfolio.roi,
            drawdown: portfolio.drawdown, equity: portfolio.daily, models: models, weightsBefore: before,
            weightsAfter: weights.table, rowsLearned: training?.rows ?? 0)
        return IterationOutcome(
            result: result, trades: trades, changes: changes, weights: weights, lgbm: training?.model)
    }

    /// Counts the window's trades in, and lets chance have its way with them.
    @discardableResult
    private mutating func add(_ results: [EnsembleTrade.Result], index: Int) -> RandomAgentPool {
        let placed = results.compactMap { result in
            tapes.firstIndex { $0.series.symbol == result.symbol }.map {
                PlacedTrade(trade: result, window: tapes[$0].bars(in: windows[index].judged), tape: $0)
            }
        }
        var pool = RandomAgentPool()
        pool.add(
            placed, tapes: tapes, costs: plan.rules.costs,
            stream: RandomStream(seed: plan.seed).split("random agents").split(index))
        chance.add(pool)
        judged += results
        return pool
    }

    /// Trains LightGBM for the window and sets its signals; without it nothing happens.
    private mutating func train(
        _ window: TestWindow, index: Int, _ between: () throws -> Void
    ) throws -> LGBMTrainer.Result? {
        let name = LGBMModel.name
        guard let trainer, let member = weights[name], faults[name] == nil else { return nil }
        let trained = try trainer.train(
            tapes, learning: window.learning, rules: plan.rules, seed: plan.seed &+ UInt64(index), between: between)
        guard let trained else {
            if member.state == .active { drop(name, "too few bars to train on") }
            return nil
        }
        do throws(SignalFault) {
            for place in tapes.indices {
                if !hasLearned {
                    for (model, times) in trained.foretellers { try ask(model, tape: place, times: times) }
                }
                try ask(trained.model, tape: place, times: window.judged)
            }
        } catch {
            drop(name, "\(error)")
            return nil
        }
        return trained
    }

    private mutating func ask(_ model: LGBMModel, tape: Int, times: Range<Int64>) throws(SignalFault) {
        let bars = tapes[tape].bars(in: times)
        let signals: [Signal]
        do { signals = try model.signals(tapes[tape].features, tapes[tape].series, bars: bars) } catch {
            throw .failed(model: model.name, reason: "\(error)")
        }
        guard let unsound = signals.first(where: { !$0.isSound }) else {
            tapes[tape].set(signals, of: model.name, on: bars)
            return
        }
        throw .confidence(model: model.name, value: unsound.confidence, bar: times.lowerBound)
    }

    private func walk(_ times: Range<Int64>) -> [SymbolTape.Walk] {
        let table = weights.members.map { (model: $0.name, weight: $0.weight) }
        return tapes.map { $0.walk($0.bars(in: times), weights: table, rules: plan.rules) }
    }

    /// Lets settled trades move the weights in the order in which they became known.
    private mutating func learn(from walks: [SymbolTape.Walk], named name: String) throws -> [WeightChange] {
        let settled = walks.flatMap(\.settled).sorted { ($0.time, $0.trade.symbol) < ($1.time, $1.trade.symbol) }
        var changes: [WeightChange] = []
        for (number, one) in settled.enumerated() {
            let label = "\(name), trade \(number + 1) (\(one.trade.symbol))"
            if let score = one.trade.score(named: label, costs: plan.rules.costs) {
                changes += try weights.learn(score)
            }
        }
        return changes
    }

    /// The model by itself, its word alone deciding.
    private func alone(_ model: String, _ window: TestWindow) throws -> IterationResult.ModelResult {
        let walks = tapes.map {
            $0.walk($0.bars(in: window.judged), weights: [(model: model, weight: 1)], rules: plan.rules)
        }
        let results = walks.flatMap(\.closed).compactMap { $0.result(costs: plan.rules.costs, interval: plan.interval) }
        let portfolio = Portfolio(walks, tapes: tapes, window: window.judged, interval: plan.interval)
        let count = results.count
        return IterationResult.ModelResult(
            model: model, trades: count, winRate: count > 0 ? Double(results.count(where: \.isWin)) / Double(count) : 0,
            expectancy: count > 0 ? results.reduce(0) { $0 + $1.netReturn } / Double(count) : 0, roi: portfolio.roi,
            drawdown: portfolio.drawdown, fault: faults[model])
    }
}

/// The symbols' books together, each with an equal part of the money at the start.
struct Portfolio {
    let roi: Double
    let drawdown: Double
    let daily: [IterationResult.Mark]

    init(_ walks: [SymbolTape.Walk], tapes: [SymbolTape], window: Range<Int64>, interval: Interval) {
        let slots = Int((window.upperBound - window.lowerBound) / interval.milliseconds)
        var total = [Double](repeating: 0, count: max(slots, 1))
        for (walk, tape) in zip(walks, tapes) {
            // A bar that is missing keeps the value of the one before.
            var value = 1.0
            var next = 0
            let bars = tape.bars(in: window)
            for (bar, mark) in zip(bars, walk.marks) {
                let slot = Int((tape.series.candles[bar].openTime - window.lowerBound) / interval.milliseconds)
                while next < slot, next < total.count {
                    total[next] += value
                    next += 1
                }
                value = mark
            }
            while next < total.count {
                total[next] += value
                next += 1
            }
        }
        let count = Double(max(walks.count, 1))
        let equity = total.map { $0 / count }
        roi = (equity.last ?? 1) - 1
        var peak = 1.0
        var deepest = 0.0
        for value in equity {
            peak = max(peak, value)
            deepest = max(deepest, 1 - value / peak)
        }
        drawdown = deepest
        let perDay = interval.barsPerDay
        daily = stride(from: perDay - 1, to: equity.count, by: perDay).map {
            IterationResult.Mark(
                time: window.lowerBound + Int64($0 + 1) * interval.milliseconds, value: equity[$0])
        }
    }
}
