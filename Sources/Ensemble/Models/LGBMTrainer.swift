import LightGBM
import Market

/// Trains ``LGBMModel`` on several symbols at once, walking forward.
public struct LGBMTrainer: Sendable {
    public let library: LightGBM
    public var settings: BoostingSettings
    /// Every this-many-th bar is learned from.
    public var stride = 4
    /// Stretches of the learning window; each but the first is foretold by a model that saw only what lies before it.
    public var folds = 4

    /// Fewer rows than this teach nothing.
    static let leastRows = 200

    public init(library: LightGBM) {
        self.library = library
        settings = BoostingSettings()
        settings.rounds = 60
        settings.leaves = 15
        settings.learningRate = 0.05
        settings.minimumRowsPerLeaf = 40
        settings.rowShare = 0.8
        settings.columnShare = 0.7
        settings.l2 = 1
    }

    /// What a training came to.
    struct Result {
        let model: LGBMModel
        /// One for each stretch but the first, with the open times it may be asked about.
        let foretellers: [(model: LGBMModel, times: Range<Int64>)]
        let rows: Int
    }

    /// Nil where there are too few rows to learn from.
    ///
    /// - Parameters:
    ///   - learning: open times to learn from (UTC milliseconds). Labels look no further than its end.
    ///   - between: called after each round; what it throws ends the training.
    func train(
        _ tapes: [SymbolTape], learning: Range<Int64>, rules: TradingRules, seed: UInt64,
        between: () throws -> Void = {}
    ) throws -> Result? {
        let samples = Samples(tapes, learning: learning, rules: rules, stride: stride)
        guard samples.times.count >= Self.leastRows else { return nil }
        var settings = settings
        settings.seed = UInt32(truncatingIfNeeded: seed & 0x7FFF_FFFF)
        let length = (learning.upperBound - learning.lowerBound) / Int64(folds)
        var scores: [Double] = []
        var outcomes: [Bool] = []
        var foretold: [(booster: BoostedModel, times: Range<Int64>)] = []
        for fold in 1..<folds {
            let begin = learning.lowerBound + Int64(fold) * length
            let times = begin..<(fold == folds - 1 ? learning.upperBound : begin + length)
            // Purged: what a label before the fold looks at must have ended before it.
            let before = samples.chosen { samples.ends[$0] < begin }
            let within = samples.chosen { times.contains(samples.times[$0]) }
            guard before.count >= Self.leastRows, !within.isEmpty, samples.hasBothAnswers(before) else { continue }
            let booster = try fit(samples, before, settings, between)
            scores += try booster.probabilities(samples.rows(within))
            outcomes += within.map { samples.labels[$0] > 0.5 }
            foretold.append((booster, times))
        }
        let all = Array(samples.times.indices)
        guard samples.hasBothAnswers(all), !scores.isEmpty else { return nil }
        let calibration = IsotonicCalibration(scores: scores, outcomes: outcomes)
        let booster = try fit(samples, all, settings, between)
        return Result(
            model: LGBMModel(booster: booster, calibration: calibration, trainedUntil: learning.upperBound),
            foretellers: foretold.map {
                (LGBMModel(booster: $0.booster, calibration: calibration, trainedUntil: $0.times.lowerBound), $0.times)
            }, rows: all.count)
    }

    private func fit(
        _ samples: Samples, _ chosen: [Int], _ settings: BoostingSettings, _ between: () throws -> Void
    ) throws -> BoostedModel {
        try library.train(
            samples.rows(chosen), columns: FeatureTable.columns, labels: chosen.map { samples.labels[$0] },
            settings: settings, between: between)
    }
}

/// Labelled rows of all symbols.
private struct Samples {
    /// Open time of the bar, and of the bar in which its label was settled.
    var times: [Int64] = []
    var ends: [Int64] = []
    var labels: [Float] = []
    private var features: [Float] = []

    init(_ tapes: [SymbolTape], learning: Range<Int64>, rules: TradingRules, stride: Int) {
        for tape in tapes {
            let range = tape.bars(in: learning)
            let bars = max(range.lowerBound, FeatureTable.history)..<max(range.upperBound, FeatureTable.history)
            let labelled = BarrierLabels(
                tape.series, states: tape.states, bars: bars, stride: stride, rules: rules)
            for (index, bar) in labelled.bars.enumerated() {
                times.append(tape.series.candles[bar].openTime)
                ends.append(tape.series.candles[labelled.ends[index]].openTime)
                labels.append(labelled.isLong[index] ? 1 : 0)
                features.append(contentsOf: tape.features.rows(bar..<bar + 1))
            }
        }
    }

    func chosen(_ isWanted: (Int) -> Bool) -> [Int] { times.indices.filter(isWanted) }

    func hasBothAnswers(_ chosen: [Int]) -> Bool {
        chosen.contains { labels[$0] > 0.5 } && chosen.contains { labels[$0] < 0.5 }
    }

    func rows(_ chosen: [Int]) -> [Float] {
        var rows: [Float] = []
        rows.reserveCapacity(chosen.count * FeatureTable.columns)
        for index in chosen {
            rows.append(contentsOf: features[index * FeatureTable.columns..<(index + 1) * FeatureTable.columns])
        }
        return rows
    }
}
