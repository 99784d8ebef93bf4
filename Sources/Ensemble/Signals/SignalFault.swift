import Market

/// Why a model's word could not be used. It is withdrawn to the shadow with this as the reason; the others go on.
public enum SignalFault: Error, Sendable, Hashable, CustomStringConvertible {
    case confidence(model: String, value: Double, bar: Int64)
    case count(model: String, got: Int, wanted: Int)
    case failed(model: String, reason: String)

    public var description: String {
        switch self {
        case .confidence(let model, let value, let bar):
            "\(model) answered a confidence of \(value) at the bar of open time \(bar), and 0 to 1 is allowed"
        case .count(let model, let got, let wanted):
            "\(model) answered \(got) signals to \(wanted) bars"
        case .failed(let model, let reason):
            "\(model) could not judge: \(reason)"
        }
    }
}

extension SignalModel {
    /// ``signals(on:bars:)``, held to what it promises.
    ///
    /// - Throws: ``SignalFault``.
    public func checkedSignals(on series: CandleSeries, bars: Range<Int>) throws(SignalFault) -> [Signal] {
        let signals: [Signal]
        do { signals = try self.signals(on: series, bars: bars) } catch {
            throw .failed(model: name, reason: "\(error)")
        }
        guard signals.count == bars.count else { throw .count(model: name, got: signals.count, wanted: bars.count) }
        if let index = signals.firstIndex(where: { !$0.isSound }) {
            throw .confidence(
                model: name, value: signals[index].confidence,
                bar: series.candles[bars.lowerBound + index].openTime)
        }
        return signals
    }
}
