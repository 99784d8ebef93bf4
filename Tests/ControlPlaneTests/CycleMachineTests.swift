import ControlPlane
import Store
import Testing

/// The life of a cycle, every event in every state.
struct CycleMachineTests {
    private static let runs = CycleStep.allCases.flatMap { step in (1...3).map { (step, $0) } }
    private static let outcomes: [CycleState] = [.promoted, .rejected, .failed, .cancelled, .interrupted]
    private static let events: [CycleMachine.Event] = [
        .begin, .stepCompleted(promotes: nil), .stepCompleted(promotes: true), .stepCompleted(promotes: false),
        .stepFailed(reason: "no candles"), .stopped, .restarted,
    ]

    private func answer(_ state: CycleMachine.State, _ event: CycleMachine.Event, promotes: Bool? = nil)
        -> (CycleMachine.Action?, CycleMachine.State)
    {
        var machine = CycleMachine(state: state, promotes: promotes)
        return (machine.handle(event), machine.state)
    }

    @Test("the steps follow each other in the documented order")
    func order() {
        var machine = CycleMachine()
        var performed: [CycleStep] = []
        var action = machine.handle(.begin)
        while case .perform(let step, let attempt) = action {
            #expect(attempt == 1)
            performed.append(step)
            action = machine.handle(.stepCompleted(promotes: step == .validate ? true : nil))
        }
        #expect(performed == [.ingest, .drift, .generate, .experience, .train, .validate, .deploy, .report])
        #expect(action == .finish(.promoted, reason: nil))
    }

    @Test("a queued cycle begins, also after a restart, or is withdrawn; nothing else moves it", arguments: events)
    func queued(_ event: CycleMachine.Event) {
        let (action, state) = answer(.queued, event)
        switch event {
        case .begin, .restarted:
            #expect(action == .perform(.ingest, attempt: 1))
            #expect(state == .running(.ingest, attempt: 1))
        case .stopped:
            #expect(action == .finish(.cancelled, reason: nil))
            #expect(state == .finished(.cancelled))
        case .stepCompleted, .stepFailed:
            #expect(action == nil)
            #expect(state == .queued)
        }
    }

    @Test("a running step completes, fails, is stopped, or is tried again up to three times", arguments: runs)
    func running(_ step: CycleStep, _ attempt: Int) {
        let state = CycleMachine.State.running(step, attempt: attempt)
        #expect(answer(state, .begin).0 == nil)
        #expect(answer(state, .begin).1 == state)
        #expect(answer(state, .stepFailed(reason: "why")).0 == .finish(.failed, reason: "why"))
        #expect(answer(state, .stopped).0 == .finish(.cancelled, reason: nil))
        let again = answer(state, .restarted)
        if attempt < 3 {
            #expect(again.0 == .perform(step, attempt: attempt + 1))
            #expect(again.1 == .running(step, attempt: attempt + 1))
        } else if step == .report {
            #expect(again.0 == .finish(.rejected, reason: nil), "what was published counts, with or without a chart")
        } else if step == .report {
            // What was published counts.
            #expect(again.0 == .finish(.rejected, reason: nil))
        } else {
            #expect(again.0 == .finish(.interrupted, reason: "the process ended 3 times during “\(step.rawValue)”"))
        }
        let done = answer(state, .stepCompleted(promotes: nil)).0
        if let next = step.next {
            #expect(done == .perform(next, attempt: 1))
        } else {
            #expect(done == .finish(.rejected, reason: nil))
        }
    }

    @Test("the gate's word given at validation decides at the end", arguments: [true, false])
    func verdict(_ promotes: Bool) {
        var machine = CycleMachine(state: .running(.validate, attempt: 1))
        _ = machine.handle(.stepCompleted(promotes: promotes))
        _ = machine.handle(.stepCompleted(promotes: nil))
        #expect(machine.handle(.stepCompleted(promotes: nil)) == .finish(promotes ? .promoted : .rejected, reason: nil))
    }

    @Test("the gate's word survives a restart after validation")
    func restoredVerdict() {
        var machine = CycleMachine(state: .running(.report, attempt: 1), promotes: true)
        _ = machine.handle(.restarted)
        #expect(machine.handle(.stepCompleted(promotes: nil)) == .finish(.promoted, reason: nil))
    }

    @Test("a finished cycle never moves again", arguments: outcomes)
    func finished(_ outcome: CycleState) {
        for event in Self.events {
            #expect(answer(.finished(outcome), event).0 == nil)
            #expect(answer(.finished(outcome), event).1 == .finished(outcome))
        }
    }

    @Test("whatever happens in whatever order, a cycle ends at most once", arguments: 0..<50)
    func onlyOnce(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var machine = CycleMachine()
        var ends = 0
        for _ in 0..<100 {
            if case .finish = machine.handle(Self.events[Int(random.next() % 7)]) { ends += 1 }
        }
        #expect(ends <= 1)
        if case .finished = machine.state { #expect(ends == 1) } else { #expect(ends == 0) }
    }

    @Test("publishing cannot be stopped, everything before can")
    func stoppable() {
        #expect(CycleStep.allCases.filter { !$0.canBeStopped } == [.deploy, .report])
    }
}

/// Steele, Lea and Flood 2014.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
