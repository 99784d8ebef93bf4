import Telegram
import Testing

@Suite("The poll")
struct UpdatePollingTests {
    private func machine(offset: Int64? = 10) -> UpdatePolling {
        UpdatePolling(offset: offset, settings: .init(timeout: 30), chance: { 1 })
    }

    private func failure(_ verdict: FailureVerdict, code: Int? = nil) -> UpdatePolling.Event {
        .failed(APIFailure(method: "getUpdates", code: code, reason: "it broke", verdict: verdict))
    }

    private let updates = [Update(id: 12, payload: .unknown), Update(id: 15, payload: .unknown)]

    @Test("begins at the offset it was given, or with the oldest update, and wants a first answer at once")
    func start() {
        var machine = machine()
        #expect(machine.handle(.start) == .poll(offset: 10, timeout: 0))
        #expect(machine.state == .starting)
        #expect(machine.handle(.received([], after: 0.1)) == .poll(offset: 10, timeout: 30))
        #expect(machine.state == .polling)
        machine = self.machine(offset: nil)
        #expect(machine.handle(.start) == .poll(offset: nil, timeout: 0))
    }

    @Test("confirms a batch only when it has been handled")
    func confirmation() {
        var machine = machine()
        _ = machine.handle(.start)
        #expect(machine.handle(.received(updates, after: 3)) == .deliver(updates))
        #expect(machine.offset == 10)
        #expect(machine.handle(.delivered) == .poll(offset: 16, timeout: 30))
    }

    @Test("fetches a batch again that could not be handled, ever later")
    func refusedBatch() {
        var machine = machine()
        for seconds in [1.0, 2, 4, 8, 16, 30, 30] {
            #expect(machine.handle(.received(updates, after: 3)) == .deliver(updates))
            #expect(machine.handle(.deliveryFailed("disk full")) == .wait(seconds: seconds, renewingConnection: false))
            #expect(machine.handle(.waited) == .poll(offset: 10, timeout: 0))
        }
        #expect(machine.failures == 7)
    }

    @Test("asks again at once after an empty poll, but not in a tight loop")
    func empty() {
        var machine = machine()
        _ = machine.handle(.received([], after: 0))
        #expect(machine.handle(.received([], after: 30)) == .poll(offset: 10, timeout: 30))
        #expect(machine.handle(.received([], after: 0.01)) == .wait(seconds: 1, renewingConnection: false))
        #expect(machine.state == .polling)
    }

    @Test("leaves the connection after any error and comes back soon")
    func errors() {
        var machine = machine()
        for verdict in [FailureVerdict.neverSent, .uncertain, .serverBusy] {
            #expect(machine.handle(failure(verdict)) == .wait(seconds: 1, renewingConnection: true))
            #expect(machine.handle(.waited) == .poll(offset: 10, timeout: 0))
            #expect(machine.handle(.received([], after: 0.1)) == .poll(offset: 10, timeout: 30))
            #expect(machine.failures == 0)
        }
    }

    @Test("spreads its waits over half of their length")
    func jitter() {
        var machine = UpdatePolling(offset: nil, chance: { 0 })
        #expect(machine.handle(failure(.neverSent)) == .wait(seconds: 0.5, renewingConnection: true))
    }

    @Test("names the cause of a conflict and grows patient", arguments: [PollConflict.otherPoller, .webhook])
    func conflict(cause: PollConflict) {
        var machine = machine()
        for seconds in [4.0, 8, 16, 32, 60, 60] {
            #expect(
                machine.handle(failure(.conflict(cause), code: 409))
                    == .wait(seconds: seconds, renewingConnection: true))
        }
        #expect(machine.state == .waiting(because: cause.advice, conflict: cause))
    }

    @Test("stops for good when the token is refused")
    func unauthorized() {
        var machine = machine()
        #expect(machine.handle(failure(.unauthorized, code: 401)) == .stop)
        guard case .stopped(let reason) = machine.state else {
            Issue.record("not stopped")
            return
        }
        #expect(reason.contains("@BotFather"))
    }

    @Test("waits as long as it is told")
    func retryAfter() {
        var machine = machine()
        #expect(
            machine.handle(failure(.retryAfter(seconds: 17), code: 429)) == .wait(seconds: 18, renewingConnection: true)
        )
    }
}
