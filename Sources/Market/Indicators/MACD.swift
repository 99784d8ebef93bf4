/// Moving average convergence/divergence: the difference of a fast and a slow exponential average, and that difference's own
/// average as signal line (Appel 1979). Both averages begin at the same bar, as in TA-Lib.
public struct MACD: Sendable, Hashable {
    /// In units of the price.
    public struct Value: Sendable, Hashable {
        public let line: Double
        public let signal: Double
        public var histogram: Double { line - signal }
    }

    public private(set) var value: Value?
    private var fast: EMA
    private var slow: EMA
    private var signal: EMA
    private var held: Int

    /// - Parameters:
    ///   - fast: 1 or more, below `slow`.
    ///   - signal: 1 or more.
    public init(fast: Int = 12, slow: Int = 26, signal: Int = 9) {
        precondition(fast < slow, "the fast average is the shorter one")
        self.fast = EMA(period: fast)
        self.slow = EMA(period: slow)
        self.signal = EMA(period: signal)
        held = slow - fast
    }

    @discardableResult
    public mutating func update(_ close: Double) -> Value? {
        slow.update(close)
        if held > 0 { held -= 1 } else { fast.update(close) }
        guard let slow = slow.value, let fast = fast.value else { return nil }
        let line = fast - slow
        if let signal = signal.update(line) { value = Value(line: line, signal: signal) }
        return value
    }
}
