/// Why a training run could not be set up or go on. Divergence is no error: it is an ``TrainingOutcome/Ending``.
public enum TrainingError: Error, Equatable, Sendable {
    case setting(name: String, value: String, allowed: String)
    /// The world does not suit the settings or the policy; `what` names the quantity.
    case environment(what: String, expected: String, found: String)
    case checkpoint(reason: String)
    case policy(reason: String)
    case experience(reason: String)
    case threads(wanted: Int, started: Int)
}

extension TrainingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .setting(let name, let value, let allowed):
            "The training setting \(name) is \(value), but allowed is \(allowed). Nothing was trained; change the setting."
        case .environment(let what, let expected, let found):
            "The world's \(what) is \(found), but \(expected) was expected. Nothing was trained."
        case .checkpoint(let reason):
            "The training checkpoint cannot be used: \(reason). It was left as it is; start afresh or from another one."
        case .policy(let reason):
            "The policy cannot be used: \(reason). Nothing was changed; train a new one or choose another version."
        case .experience(let reason):
            "The stored experience cannot be learned from: \(reason). Nothing was trained."
        case .threads(let wanted, let started):
            "The system allowed only \(started) of \(wanted) training threads. Nothing was trained; ask for fewer."
        }
    }
}
