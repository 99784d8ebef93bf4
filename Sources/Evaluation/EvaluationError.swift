/// Why figures could not be judged.
public enum EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The element `index` of `series` is infinite or not a number.
    case notFinite(series: String, index: Int)
    case tooShort(series: String, count: Int, needed: Int)
    /// Series that belong together have different lengths.
    case lengthsDiffer(first: String, count: Int, second: String, otherCount: Int)
    /// A row of action probabilities is negative, not finite or all zero.
    case notProbabilities(series: String, row: Int)
    /// A parameter lies outside its range.
    case parameter(name: String, value: Double, allowed: String)

    public var description: String {
        switch self {
        case .notFinite(let series, let index):
            "element \(index) of \(series) is not a finite number; nothing was judged; look for the bar or model that produced it"
        case .tooShort(let series, let count, let needed):
            "\(series) has \(count) values and at least \(needed) are needed; nothing was judged; use a longer window"
        case .lengthsDiffer(let first, let count, let second, let otherCount):
            "\(first) has \(count) values and \(second) has \(otherCount), but they must cover the same bars; nothing was judged"
        case .notProbabilities(let series, let row):
            "row \(row) of \(series) holds no probabilities; nothing was judged; the model's output is broken"
        case .parameter(let name, let value, let allowed):
            "\(name) is \(value), and allowed is \(allowed)"
        }
    }

    static func requireFinite(_ values: [Double], _ series: String) throws(EvaluationError) {
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .notFinite(series: series, index: index) }
    }

    static func requirePaired(
        _ first: [Double], _ firstName: String, _ second: [Double], _ secondName: String
    ) throws(EvaluationError) {
        guard first.count == second.count else {
            throw .lengthsDiffer(first: firstName, count: first.count, second: secondName, otherCount: second.count)
        }
    }
}
