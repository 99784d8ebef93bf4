import LightGBM
import Market

/// LightGBM's trees as a voter: trained on past bars, its probability calibrated on bars it was not trained on.
public struct LGBMModel: SignalModel {
    public static let name = "lgbm_ai"
    public var name: String { Self.name }
    public var history: Int { FeatureTable.history }
    private let booster: BoostedModel
    private let calibration: IsotonicCalibration
    /// What it may not judge: it has been trained on these open times (UTC milliseconds).
    private let trainedUntil: Int64

    /// The calibrated lead of a side, in probability, that counts as full confidence: six times in ten is as sure as candles
    /// make anybody.
    static let fullLead = 0.1

    init(booster: BoostedModel, calibration: IsotonicCalibration, trainedUntil: Int64) {
        self.booster = booster
        self.calibration = calibration
        self.trainedUntil = trainedUntil
    }

    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        // The slowest average forgets within a few of its lengths.
        let begin = max(0, bars.lowerBound - 3 * history)
        let features = FeatureTable(series[begin..<bars.upperBound])
        return try signals(features, series, bars: bars, offset: begin)
    }

    /// The same from features made before; `offset` is the series' bar of the table's first row.
    func signals(
        _ features: FeatureTable, _ series: CandleSeries, bars: Range<Int>, offset: Int = 0
    ) throws -> [Signal] {
        let rows = features.rows(bars.lowerBound - offset..<bars.upperBound - offset)
        return zip(bars, try booster.probabilities(Array(rows))).map { bar, score in
            if bar - offset < FeatureTable.history { return .flat("too few bars") }
            if series.candles[bar].openTime < trainedUntil { return .flat("trained on this bar") }
            return Self.signal(calibration(score))
        }
    }

    static func signal(_ probability: Double) -> Signal {
        let step = Int((probability * 100).rounded())
        let confidence = min(1, abs(probability - 0.5) / fullLead)
        guard confidence > 0 else { return .flat(reasons[50]) }
        return Signal(
            probability > 0.5 ? .long : .short, confidence: confidence, reason: reasons[min(max(step, 0), 100)])
    }

    private static let reasons = (0...100).map { "rises first with \($0) %" }

    /// To write down: the trees as LightGBM writes them, and the calibration.
    public struct Stored: Sendable, Codable {
        public var trees: String
        public var calibration: IsotonicCalibration
        public var trainedUntil: Int64
        public var columns: [String]
    }

    public func stored() throws -> Stored {
        Stored(
            trees: try booster.text(), calibration: calibration, trainedUntil: trainedUntil, columns: FeatureTable.names
        )
    }

    /// - Throws: ``LightGBMError``, also for a model that was trained on other columns.
    public init(_ stored: Stored, library: LightGBM) throws(LightGBMError) {
        guard stored.columns == FeatureTable.names else {
            throw .input("the stored model was trained on other columns; the next win-rate test trains it anew")
        }
        self.init(
            booster: try library.model(from: stored.trees, columns: FeatureTable.columns),
            calibration: stored.calibration, trainedUntil: stored.trainedUntil)
    }
}
