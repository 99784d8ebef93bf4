import Market

/// One iteration of a win-rate test: the judged window, and what was learned from it afterwards.
public struct IterationResult: Sendable, Hashable, Codable {
    /// From 1.
    public let iteration: Int
    public let window: TestWindow
    /// Of this window alone.
    public let figures: WinRateFigures
    /// Of all windows judged so far; this is what decides.
    public let pooled: WinRateFigures
    /// Net return of equal parts of the equity in every symbol, and its largest fall from a peak at closes.
    public let roi: Double
    public let drawdown: Double
    /// Equity of the whole at the end of each day, from 1.
    public let equity: [Mark]
    /// Each model alone on the judged window, with the ensemble's rules.
    public let models: [ModelResult]
    /// Before the window was judged, and after it was learned from.
    public let weightsBefore: [String: Double]
    public let weightsAfter: [String: Double]
    /// Rows that LightGBM learned from; 0 without it.
    public let rowsLearned: Int

    public struct Mark: Sendable, Hashable, Codable {
        /// UTC milliseconds.
        public let time: Int64
        public let value: Double
    }

    public struct ModelResult: Sendable, Hashable, Codable {
        public let model: String
        public let trades: Int
        public let winRate: Double
        public let expectancy: Double
        public let roi: Double
        public let drawdown: Double
        /// Why it took no part.
        public let fault: String?
    }
}

/// All that one iteration brought, for whoever stores it.
public struct IterationOutcome: Sendable {
    public let result: IterationResult
    /// The judged window's trades in the order they were closed.
    public let trades: [EnsembleTrade]
    public let changes: [WeightChange]
    public let weights: EnsembleWeights
    /// Trained for this window; nil without LightGBM.
    public let lgbm: LGBMModel?
}
