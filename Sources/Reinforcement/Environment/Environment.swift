/// How an episode stands after a step.
public enum EpisodeEnd: UInt8, Sendable {
    case running = 0
    /// A real terminal state: no value is bootstrapped.
    case terminated = 1
    /// Cut off by a limit: the value of the last observation is bootstrapped.
    case truncated = 2
}

/// Many copies of a world, stepped at once over flat buffers that the caller owns.
///
/// A copy whose episode ends starts the next one within the same step: `observations` then holds the new episode's first
/// observation, and for a truncated episode `finalObservations` holds its last. Nothing is allocated in `step`.
/// Copies are independent: `step` for disjoint ranges may run on different threads at once, and results do not depend on
/// how the copies were split.
public protocol Environment: AnyObject, Sendable {
    /// Number of copies.
    var copies: Int { get }
    /// Floats in one observation.
    var observationSize: Int { get }
    /// Choices of each action dimension: `[3]` is one discrete action of three, `[3, 2]` a multi-discrete one.
    var actionChoices: [Int] { get }

    /// Starts every copy afresh and writes the first observations `[copies × observationSize]`.
    func reset(observations: UnsafeMutablePointer<Float>)

    /// Steps the copies of `range`. All buffers are indexed by copy: actions `[copies × actionChoices.count]`,
    /// rewards `[copies]`, ends `[copies]` (raw values of ``EpisodeEnd``), observations as in `reset`.
    func step(
        range: Range<Int>, actions: UnsafePointer<Int32>, observations: UnsafeMutablePointer<Float>,
        rewards: UnsafeMutablePointer<Float>, ends: UnsafeMutablePointer<UInt8>,
        finalObservations: UnsafeMutablePointer<Float>)

    /// All that `step` depends on, so that a resumed run continues bit for bit.
    func saveState() -> [UInt8]
    /// Throws when `state` is not of this environment's kind and size.
    func restoreState(_ state: [UInt8]) throws
}
