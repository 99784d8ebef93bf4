import Market

/// Anything that looks at candles and says long, short or nothing: indicators, a policy, LightGBM, an adopted rule, a language
/// model. The ensemble weighs its word by what it was right about.
///
/// ```swift
/// let model = WindowModel("always_long", history: 1) { _ in Signal(.long, confidence: 1, reason: "always") }
/// ```
public protocol SignalModel: Sendable {
    /// Under this name it has its weight, its history and its line in every report: lower case, as `trading_ai`.
    var name: String { get }

    /// Bars before a bar that its signal takes into account; a signal with fewer behind it should be flat.
    var history: Int { get }

    /// The signals at the closes of `bars`, one each, in order.
    ///
    /// The signal at bar `t` may depend on `series.candles[...t]` and on nothing later; a test of every model cuts the series
    /// off behind `t` and compares.
    /// - Throws: whatever keeps it from judging; it is then withdrawn to the shadow, and the others go on.
    func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal]

    /// Called before a stretch of work in which it votes, such as a win-rate test; starts what it needs.
    ///
    /// - Throws: whatever keeps it from taking part.
    func prepare() async throws

    /// Called after it, however it ended.
    func release() async
}

extension SignalModel {
    public func prepare() async throws {}
    public func release() async {}
}

/// A function of the last candles as a model.
public struct WindowModel: SignalModel {
    public let name: String
    public let history: Int
    private let judge: @Sendable (ArraySlice<Candle>) throws -> Signal

    /// - Parameters:
    ///   - history: how many candles `judge` gets at least, 1 or more; before that the signal is flat.
    ///   - judge: gets the candles up to and including the judged one, `history` of them.
    public init(
        _ name: String, history: Int, judge: @escaping @Sendable (ArraySlice<Candle>) throws -> Signal
    ) {
        precondition(history > 0, "a model looks at one candle at least")
        self.name = name
        self.history = history
        self.judge = judge
    }

    public func signals(on series: CandleSeries, bars: Range<Int>) throws -> [Signal] {
        try bars.map { bar in
            guard bar + 1 >= history else { return .flat("too little history") }
            return try judge(series.candles[(bar + 1 - history)...bar])
        }
    }
}
