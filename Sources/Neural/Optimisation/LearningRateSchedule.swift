#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How the learning rate moves from its first value as training goes on.
public enum LearningRateSchedule: String, Codable, Sendable, CaseIterable {
    case constant
    /// Falls on a line to zero (SB3's `linear_schedule`, CleanRL's `anneal_lr`).
    case linear
    /// Falls on half a cosine to zero (Loshchilov & Hutter 2017, without restarts).
    case cosine

    /// The rate after `done` of the whole run, `done` in 0...1.
    public func rate(initial: Float, done: Double) -> Float {
        let share = min(max(done, 0), 1)
        switch self {
        case .constant: return initial
        case .linear: return initial * Float(1 - share)
        case .cosine: return initial * Float(0.5 * (1 + cos(.pi * share)))
        }
    }
}
