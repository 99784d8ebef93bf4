/// Where an axis is labelled.
package struct Tick: Sendable, Hashable {
    package var value: Double
    package var label: String
}

package enum Ticks {
    /// About `count` round values (1, 2 or 5 times a power of ten) inside `span`.
    package static func numbers(in span: Span, count: Int, format: ValueFormat) -> [Tick] {
        let step = roundStep(span.length / Double(max(1, count)))
        guard step > 0, step.isFinite else { return [] }
        let first = (span.low / step).rounded(.up)
        let last = (span.high / step).rounded(.down)
        guard first <= last, last - first < 100 else { return [] }
        return stride(from: first, through: last, by: 1).map { index in
            // `+ 0` turns −0 into 0.
            let value = index * step + 0
            return Tick(value: value, label: ValueText.tick(value, step: step, format: format))
        }
    }

    private static func roundStep(_ raw: Double) -> Double {
        guard raw > 0, raw.isFinite else { return 0 }
        var power = 1.0
        while power * 10 <= raw { power *= 10 }
        while power > raw, power > 1e-300 { power /= 10 }
        switch raw / power {
        case ...1.0000001: return power
        case ...2.0000001: return 2 * power
        case ...5.0000001: return 5 * power
        default: return 10 * power
        }
    }
}
