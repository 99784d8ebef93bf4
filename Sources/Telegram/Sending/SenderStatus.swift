/// How sending fares; a value to read at any time.
public struct SenderStatus: Sendable, Hashable {
    /// Messages taken and not finished, those under way included.
    public var queued: Int
    public var inFlight: Int
    /// Why messages wait, in a sentence, when it is not the ordinary rate; nil while all is well.
    public var problem: String?

    public init(queued: Int = 0, inFlight: Int = 0, problem: String? = nil) {
        self.queued = queued
        self.inFlight = inFlight
        self.problem = problem
    }
}
