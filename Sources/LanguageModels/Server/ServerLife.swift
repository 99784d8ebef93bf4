/// The life of the local server as a pure value: events in, actions out. It knows no clock and no process; times are
/// given on a clock that never goes back.
package struct ServerLife: Sendable, Hashable {
    package struct Limits: Sendable, Hashable {
        package var startup: Duration = .seconds(120)
        package var healthInterval: Duration = .seconds(30)
        package var idleStop: Duration? = .seconds(600)
        /// From closing our own calls to the first SIGTERM: llama-server ignores it while a request is in flight.
        package var drain: Duration = .milliseconds(500)
        /// From the first SIGTERM to the second, which ends a busy server.
        package var firstSignal: Duration = .seconds(3)
        /// From the second SIGTERM to SIGKILL.
        package var secondSignal: Duration = .seconds(2)
        package var missesThatHang = 3
        package var silencesThatHang = 2
        package var restarts = 5
        package var restartWindow: Duration = .seconds(600)

        package init() {}
    }

    package enum State: Sendable, Hashable {
        case stopped
        /// Looks at files and port.
        case checking
        /// The process runs and loads the model.
        case loading(deadline: Duration, pause: Duration)
        /// Health is good; a first answer is awaited.
        case testing(deadline: Duration)
        case ready(Service)
        case stopping(Stop)
        /// Waits before it is started again.
        case resting
        case failed(ServerFault)
    }

    package struct Service: Sendable, Hashable {
        package var since: Duration
        package var lastUsed: Duration
        package var misses = 0
        package var silences = 0
        package var isAnswering = false
    }

    package struct Stop: Sendable, Hashable {
        package var signals = 0
        /// What the process is ended for; nil when it was asked for.
        package var fault: ServerFault?
        package var restarts = false
    }

    package enum Event: Sendable, Hashable {
        /// Somebody has a question.
        case wanted
        /// A person wants it to run, whatever was before.
        case startAsked
        /// It shall end, and stay so until it is asked for when `holds`.
        case stopAsked(holds: Bool)
        /// It shall be started anew at once: with other options.
        case renewAsked
        case checked(ServerFault?)
        case spawned(ServerFault?)
        case exited(ServerFault)
        case health(Health)
        /// The first answer came and was text.
        case tested(Bool)
        case questionBegan
        case questionEnded(wasSilent: Bool)
        case timer
    }

    package enum Health: Sendable, Hashable {
        case good
        /// 503: it loads, or is busy.
        case loading
        /// Nobody listens (yet).
        case unreachable
        /// Connected, and no answer in time.
        case silent
    }

    package enum Action: Sendable, Hashable {
        case check
        case spawn
        case askHealth
        case askFirstAnswer
        /// Our own calls end and their connections close.
        case closeCalls
        case terminate
        case kill
        /// Send ``Event/timer`` then; a later one replaces it.
        case wake(after: Duration)
        /// Those who wait may ask.
        case admit
        /// Those who wait are told why not.
        case turnAway(ServerFault?)
        case announce(ServerFault)
    }

    package let limits: Limits
    package private(set) var state: State = .stopped
    /// `/mistral stop`: questions do not start it.
    package private(set) var isHeld = false
    private var restartTimes: [Duration] = []
    private var earlyEnds = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// - Parameter jitter: 0 ..< 1, drawn anew for every event.
    package mutating func handle(_ event: Event, at now: Duration, jitter: Double = 0) -> [Action] {
        switch event {
        case .wanted: return wanted()
        case .startAsked: return startAsked()
        case .stopAsked(let holds): return stopAsked(holds: holds)
        case .renewAsked:
            guard case .ready = state else { return [] }
            return end(because: nil, restarts: true)
        case .checked(let fault):
            guard state == .checking else { return [] }
            if let fault { return fail(fault) }
            state = .loading(deadline: now + limits.startup, pause: .milliseconds(100))
            return [.spawn]
        case .spawned(let fault):
            guard case .loading = state else { return [] }
            return fault.map { fail($0) } ?? [.askHealth]
        case .exited(let fault): return exited(fault, at: now, jitter: jitter)
        case .health(let health): return saw(health, at: now)
        case .tested(let isText): return tested(isText, at: now)
        case .questionBegan:
            update { $0.isAnswering = true }
            return []
        case .questionEnded(let wasSilent): return questionEnded(wasSilent: wasSilent, at: now)
        case .timer: return timer(at: now)
        }
    }

    // MARK: Orders

    private mutating func wanted() -> [Action] {
        switch state {
        case .stopped:
            guard !isHeld else { return [.turnAway(nil)] }
            state = .checking
            return [.check]
        case .ready: return [.admit]
        case .failed(let fault): return [.turnAway(fault)]
        case .stopping(let stop) where stop.fault == nil && !stop.restarts:
            guard !isHeld else { return [.turnAway(nil)] }
            var stop = stop
            stop.restarts = true
            state = .stopping(stop)
            return []
        case .checking, .loading, .testing, .resting, .stopping: return []
        }
    }

    private mutating func startAsked() -> [Action] {
        isHeld = false
        if case .failed = state { state = .stopped }
        restartTimes = []
        earlyEnds = 0
        return wanted()
    }

    private mutating func stopAsked(holds: Bool) -> [Action] {
        isHeld = holds
        switch state {
        case .stopped, .failed, .checking, .resting:
            state = .stopped
            return [.turnAway(nil)]
        case .stopping(var stop):
            stop.restarts = false
            state = .stopping(stop)
            return [.turnAway(nil)]
        case .loading, .testing, .ready: return end(because: nil, restarts: false) + [.turnAway(nil)]
        }
    }

    // MARK: While it runs

    private mutating func saw(_ health: Health, at now: Duration) -> [Action] {
        switch state {
        case .loading(let deadline, let pause):
            if health == .good {
                state = .testing(deadline: deadline)
                return [.askFirstAnswer]
            }
            guard now < deadline else { return startTimedOut() }
            state = .loading(deadline: deadline, pause: min(pause * 2, .seconds(1)))
            return [.wake(after: pause)]
        case .ready(var service):
            // A model that computes on every core may answer its health late; that it answers questions says more.
            let isMiss = health != .good && !service.isAnswering
            service.misses = isMiss ? service.misses + 1 : 0
            guard service.misses < limits.missesThatHang else { return end(because: .hung, restarts: true) }
            state = .ready(service)
            return [.wake(after: service.misses > 0 ? .seconds(1) : limits.healthInterval)]
        default: return []
        }
    }

    private mutating func tested(_ isText: Bool, at now: Duration) -> [Action] {
        guard case .testing = state else { return [] }
        guard isText else { return end(because: .nonsense, restarts: false) }
        earlyEnds = 0
        state = .ready(Service(since: now, lastUsed: now))
        return [.admit, .wake(after: limits.healthInterval)]
    }

    private mutating func questionEnded(wasSilent: Bool, at now: Duration) -> [Action] {
        guard case .ready(var service) = state else { return [] }
        service.isAnswering = false
        service.lastUsed = now
        service.silences = wasSilent ? service.silences + 1 : 0
        guard service.silences < limits.silencesThatHang else { return end(because: .hung, restarts: true) }
        state = .ready(service)
        return [.admit]
    }

    private mutating func timer(at now: Duration) -> [Action] {
        switch state {
        case .loading(let deadline, _): return now < deadline ? [.askHealth] : startTimedOut()
        case .testing(let deadline): return now < deadline ? [] : startTimedOut()
        case .ready(let service):
            if let idle = limits.idleStop, !service.isAnswering, now - service.lastUsed >= idle {
                return end(because: nil, restarts: false)
            }
            return [.askHealth]
        case .stopping(var stop):
            stop.signals += 1
            state = .stopping(stop)
            switch stop.signals {
            case 1: return [.terminate, .wake(after: limits.firstSignal)]
            case 2: return [.terminate, .wake(after: limits.secondSignal)]
            default: return [.kill]
            }
        case .resting:
            state = .checking
            return [.check]
        case .stopped, .checking, .failed: return []
        }
    }

    // MARK: Ends

    private mutating func exited(_ fault: ServerFault, at now: Duration, jitter: Double) -> [Action] {
        switch state {
        case .loading, .testing:
            if fault.isConfiguration { return fail(fault) }
            earlyEnds += 1
            return earlyEnds >= 2 ? fail(fault) : rest(after: fault, at: now, jitter: jitter)
        case .ready: return rest(after: .crashed(Self.reason(fault)), at: now, jitter: jitter)
        case .stopping(let stop):
            if stop.restarts, let fault = stop.fault { return rest(after: fault, at: now, jitter: jitter) }
            if stop.restarts {
                state = .checking
                return [.check]
            }
            if let fault = stop.fault { return fail(fault) }
            state = .stopped
            return []
        case .stopped, .checking, .resting, .failed: return []
        }
    }

    /// 1, 2, 4 … 60 s with up to a fifth more; given up after too many within the window.
    private mutating func rest(after fault: ServerFault, at now: Duration, jitter: Double) -> [Action] {
        restartTimes = restartTimes.filter { now - $0 < limits.restartWindow } + [now]
        guard restartTimes.count <= limits.restarts else { return fail(.tooManyRestarts(restartTimes.count)) }
        let pause = min(Duration.seconds(1) * (1 << (restartTimes.count - 1)), .seconds(60))
        state = .resting
        return [.closeCalls, .announce(fault), .wake(after: pause * (1 + 0.2 * jitter))]
    }

    private mutating func startTimedOut() -> [Action] {
        end(because: .startTimeout(seconds: Int(limits.startup / .seconds(1))), restarts: false)
    }

    private mutating func end(because fault: ServerFault?, restarts: Bool) -> [Action] {
        state = .stopping(Stop(fault: fault, restarts: restarts))
        return [.closeCalls, .wake(after: limits.drain)]
    }

    private mutating func fail(_ fault: ServerFault) -> [Action] {
        state = .failed(fault)
        return [.closeCalls, .turnAway(fault), .announce(fault)]
    }

    private mutating func update(_ change: (inout Service) -> Void) {
        guard case .ready(var service) = state else { return }
        change(&service)
        state = .ready(service)
    }

    private static func reason(_ fault: ServerFault) -> String {
        if case .endedEarly(let reason) = fault { reason } else { "\(fault)" }
    }
}
