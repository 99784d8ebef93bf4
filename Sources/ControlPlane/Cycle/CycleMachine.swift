import Store

/// The steps of a learning cycle, in order.
public enum CycleStep: String, Codable, Sendable, CaseIterable {
    case ingest, drift, generate, experience, train, validate, deploy, report

    public var next: CycleStep? {
        Self.allCases.firstIndex(of: self).flatMap { $0 + 1 < Self.allCases.count ? Self.allCases[$0 + 1] : nil }
    }

    /// From here on a cycle is carried through: publishing half a policy helps nobody.
    public var canBeStopped: Bool { self != .deploy && self != .report }
}

/// The life of a cycle: events go in, the one thing to do next comes out. No clock, no I/O.
public struct CycleMachine: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case queued
        case running(CycleStep, attempt: Int)
        case finished(CycleState)
    }

    public enum Event: Sendable, Equatable {
        case begin
        /// The running step is done and its result stored. `promotes` is the gate's word, known from validation on.
        case stepCompleted(promotes: Bool?)
        case stepFailed(reason: String)
        /// The running step ended because the user asked.
        case stopped
        /// The process came back and found the cycle running.
        case restarted
    }

    public enum Action: Sendable, Equatable {
        case perform(CycleStep, attempt: Int)
        case finish(CycleState, reason: String?)
    }

    /// A step that was cut off this often ends the cycle as interrupted.
    public static let maximumAttempts = 3

    public private(set) var state: State
    private var promotes: Bool?

    public init(state: State = .queued, promotes: Bool? = nil) {
        self.state = state
        self.promotes = promotes
    }

    /// Takes an event and answers what to do; nil for an event that has no meaning in this state.
    public mutating func handle(_ event: Event) -> Action? {
        switch (state, event) {
        case (.queued, .begin), (.queued, .restarted):
            return perform(.ingest, attempt: 1)
        case (.queued, .stopped):
            return finish(.cancelled, reason: nil)
        case (.running(let step, _), .stepCompleted(let verdict)):
            promotes = verdict ?? promotes
            if let next = step.next { return perform(next, attempt: 1) }
            return finish(promotes == true ? .promoted : .rejected, reason: nil)
        case (.running, .stepFailed(let reason)):
            return finish(.failed, reason: reason)
        case (.running, .stopped):
            return finish(.cancelled, reason: nil)
        case (.running(let step, let attempt), .restarted):
            guard attempt < Self.maximumAttempts else {
                // What was published counts and is told, if need be without its chart.
                if step == .report { return finish(promotes == true ? .promoted : .rejected, reason: nil) }
                return finish(
                    .interrupted, reason: "the process ended \(attempt) times during “\(step.rawValue)”")
            }
            return perform(step, attempt: attempt + 1)
        case (.queued, _), (.running, .begin), (.finished, _):
            return nil
        }
    }

    private mutating func perform(_ step: CycleStep, attempt: Int) -> Action {
        state = .running(step, attempt: attempt)
        return .perform(step, attempt: attempt)
    }

    private mutating func finish(_ outcome: CycleState, reason: String?) -> Action {
        state = .finished(outcome)
        return .finish(outcome, reason: reason)
    }
}
