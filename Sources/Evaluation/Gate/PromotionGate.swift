public import Neural

/// Decides whether a challenger replaces the champion.
///
/// A challenger is promoted when, on an out-of-sample window seen by neither,
/// 1. P(mean of the paired differences ≤ 0) is below `alpha`, by stationary bootstrap with blocks of a day;
/// 2. the upper confidence bound of the ratio of drawdowns, from the same kind of resampling, is below `drawdownRatio`;
/// 3. no world shows it significantly worse (Bonferroni over the worlds);
/// 4. there are enough bars and trades, and every figure is finite.
///
/// The first model ever has no champion to beat: it is accepted when its figures are finite, the window is long enough, it is not
/// shown to be worse than not trading (`firstModelAlpha`) and its drawdown stays below `firstModelDrawdown`.
public struct PromotionGate: Sendable {
    public let thresholds: GateThresholds

    /// - Throws: ``EvaluationError`` for a threshold out of its range.
    public init(_ thresholds: GateThresholds = GateThresholds()) throws(EvaluationError) {
        try thresholds.validate()
        self.thresholds = thresholds
    }

    /// The same input and stream give the same verdict. Bad figures do not throw: they are a reason to reject.
    public func judge(_ input: GateInput, stream: RandomStream) -> GateVerdict {
        var reasons: [GateReason] = []
        do {
            try check(input)
            reasons.append(GateReason(.figures, passed: true))
            reasons.append(enough(.bars, input.challenger.count, thresholds.minimumBars))
            if let champion = input.champion {
                reasons += try compare(input, champion: champion, stream: stream)
            } else {
                let drawdown = Drawdown.maximum(logReturns: input.challenger)
                reasons.append(try notWorseThanFlat(input, stream.split("flat")))
                reasons.append(
                    GateReason(
                        .firstModelDrawdown, passed: drawdown <= thresholds.firstModelDrawdown,
                        figures: ["drawdown": drawdown, "limit": thresholds.firstModelDrawdown]))
            }
        } catch {
            reasons.append(GateReason(.figures, passed: false, subject: error.description))
        }
        return GateVerdict(reasons: reasons)
    }

    private func check(_ input: GateInput) throws(EvaluationError) {
        let needed = 2
        guard input.challenger.count >= needed else {
            throw .tooShort(series: "the challenger's returns", count: input.challenger.count, needed: needed)
        }
        try EvaluationError.requireFinite(input.challenger, "the challenger's returns")
        guard let champion = input.champion else { return }
        try EvaluationError.requirePaired(
            input.challenger, "the challenger's returns", champion, "the champion's returns")
        try EvaluationError.requireFinite(champion, "the champion's returns")
        for world in input.worlds {
            try EvaluationError.requirePaired(
                world.challenger, "the challenger in \(world.name)", world.champion, "the champion in \(world.name)")
            try EvaluationError.requireFinite(world.challenger, "the challenger in \(world.name)")
            try EvaluationError.requireFinite(world.champion, "the champion in \(world.name)")
        }
    }

    private func compare(
        _ input: GateInput, champion: [Double], stream: RandomStream
    ) throws(EvaluationError) -> [GateReason] {
        let bootstrap = StationaryBootstrap(
            meanBlock: Double(max(1, input.interval.barsPerDay)), resamples: thresholds.resamples)
        var reasons = [enough(.trades, input.trades, thresholds.minimumTrades)]
        reasons.append(try improvement(input, champion, bootstrap, stream.split("improvement")))
        reasons.append(try drawdown(input, champion, bootstrap, stream.split("drawdown")))
        for (index, world) in input.worlds.enumerated() {
            reasons.append(try self.world(world, of: input.worlds.count, stream.split("world").split(index)))
        }
        if let minimum = thresholds.minimumDeflatedSharpe {
            let deflated = try DeflatedSharpe(
                returns: input.challenger, tries: input.tries, sharpeDeviation: input.sharpeDeviationOfTries ?? 0)
            reasons.append(
                GateReason(
                    .deflatedSharpe, passed: deflated.probability >= minimum,
                    figures: ["probability": deflated.probability, "minimum": minimum, "tries": Double(input.tries)]))
        }
        return reasons
    }

    private func notWorseThanFlat(
        _ input: GateInput, _ stream: RandomStream
    ) throws(EvaluationError) -> GateReason {
        var stream = stream
        let result = try StationaryBootstrap(
            meanBlock: Double(max(1, input.interval.barsPerDay)), resamples: thresholds.resamples
        ).mean(of: input.challenger, stream: &stream)
        return GateReason(
            .flat, passed: result.probabilityNotNegative >= thresholds.firstModelAlpha,
            figures: [
                "mean": result.mean, "low": result.low, "high": result.high,
                "probability": result.probabilityNotNegative, "limit": thresholds.firstModelAlpha,
            ])
    }

    private func enough(_ id: GateReason.ID, _ count: Int, _ minimum: Int) -> GateReason {
        GateReason(id, passed: count >= minimum, figures: ["count": Double(count), "minimum": Double(minimum)])
    }

    private func improvement(
        _ input: GateInput, _ champion: [Double], _ bootstrap: StationaryBootstrap, _ stream: RandomStream
    ) throws(EvaluationError) -> GateReason {
        var stream = stream
        let result = try bootstrap.mean(of: zip(input.challenger, champion).map { $0 - $1 }, stream: &stream)
        let tries = max(1, input.tries)
        let limit = thresholds.adjustsForTries ? thresholds.alpha / Double(tries) : thresholds.alpha
        return GateReason(
            .improvement, passed: result.mean > 0 && result.probabilityNotPositive < limit,
            figures: [
                "mean": result.mean, "low": result.low, "high": result.high,
                "probability": result.probabilityNotPositive, "limit": limit, "tries": Double(tries),
            ])
    }

    private func drawdown(
        _ input: GateInput, _ champion: [Double], _ bootstrap: StationaryBootstrap, _ stream: RandomStream
    ) throws(EvaluationError) -> GateReason {
        var stream = stream
        let floor = thresholds.drawdownFloor
        let ratios = try bootstrap.drawdowns(input.challenger, champion, stream: &stream)
            .map { max($0.first, floor) / max($0.second, floor) }
            .sorted()
        let bound = Quantile.of(sorted: ratios, thresholds.drawdownConfidence)
        return GateReason(
            .drawdown, passed: bound < thresholds.drawdownRatio,
            figures: [
                "challenger": Drawdown.maximum(logReturns: input.challenger),
                "champion": Drawdown.maximum(logReturns: champion), "bound": bound, "limit": thresholds.drawdownRatio,
                "confidence": thresholds.drawdownConfidence,
            ])
    }

    private func world(
        _ world: GateInput.World, of count: Int, _ stream: RandomStream
    ) throws(EvaluationError) -> GateReason {
        let results = world.challenger.count
        guard results >= thresholds.minimumWorldResults else {
            return GateReason(
                .world, passed: false, subject: world.name,
                figures: ["count": Double(results), "minimum": Double(thresholds.minimumWorldResults)])
        }
        var stream = stream
        let result = try StationaryBootstrap(meanBlock: world.meanBlock, resamples: thresholds.resamples)
            .mean(of: zip(world.challenger, world.champion).map { $0 - $1 }, stream: &stream)
        let limit = thresholds.worldAlpha / Double(count)
        return GateReason(
            .world, passed: result.probabilityNotNegative >= limit, subject: world.name,
            figures: [
                "mean": result.mean, "low": result.low, "high": result.high,
                "probability": result.probabilityNotNegative, "limit": limit,
            ])
    }
}
