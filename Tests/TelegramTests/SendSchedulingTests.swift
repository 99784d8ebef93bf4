import Telegram
import Testing

@Suite("The order of sending")
struct SendSchedulingTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func scheduling(_ settings: SendSettings = .unlimited) -> SendScheduling {
        SendScheduling(settings: settings, at: start, chance: { 1 })
    }

    private func job(
        _ ticket: UInt64, chat: Int64? = 1, _ priority: SendPriority = .notice, edits: Int? = nil,
        expires: Double? = nil
    ) -> SendScheduling.Job {
        .init(ticket: ticket, lane: chat, priority: priority, editedMessage: edits, expires: expires.map { at($0) })
    }

    /// Sends whatever may go at one moment, each call ending at once.
    private func drain(_ scheduling: inout SendScheduling, at seconds: Double = 0) -> [UInt64] {
        var sent: [UInt64] = []
        while case .send(let ticket) = scheduling.next(at: at(seconds)) {
            sent.append(ticket)
            scheduling.finished(ticket, .done, at: at(seconds))
        }
        return sent
    }

    @Test("is that of arrival among equals, and urgency first")
    func order() {
        var scheduling = scheduling()
        for (ticket, priority) in [
            (1, SendPriority.progress), (2, .notice), (3, .alarm), (4, .reply), (5, .notice), (6, .alarm),
        ] {
            #expect(scheduling.submit(job(UInt64(ticket), priority), at: at(0)) == .accepted)
        }
        #expect(drain(&scheduling) == [3, 6, 4, 2, 5, 1])
    }

    @Test("keeps one call at a time in a chat, and many chats at once")
    func lanes() {
        var scheduling = scheduling()
        for ticket in 1...3 as ClosedRange<UInt64> { _ = scheduling.submit(job(ticket, chat: 1), at: at(0)) }
        _ = scheduling.submit(job(4, chat: 2), at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(1))
        #expect(scheduling.next(at: at(0)) == .send(4))
        #expect(scheduling.next(at: at(0)) == .idle)
        scheduling.finished(1, .done, at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(2))
    }

    @Test("lets a message of several parts go out whole")
    func parts() {
        var scheduling = scheduling()
        _ = scheduling.submit(job(1), at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(1))
        _ = scheduling.submit(job(2, .alarm), at: at(0))
        scheduling.finished(1, .more, at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(1))
        scheduling.finished(1, .done, at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(2))
    }

    @Test("holds a chat to its rate after a burst")
    func chatRate() {
        var scheduling = scheduling(SendSettings(chat: .init(perSecond: 1, burst: 2), group: nil, global: nil))
        for ticket in 1...4 as ClosedRange<UInt64> { _ = scheduling.submit(job(ticket), at: at(0)) }
        #expect(drain(&scheduling) == [1, 2])
        #expect(scheduling.next(at: at(0)) == .wait(until: at(1)))
        #expect(drain(&scheduling, at: 0.9) == [])
        #expect(drain(&scheduling, at: 1) == [3])
        #expect(drain(&scheduling, at: 2) == [4])
    }

    @Test("never exceeds the published limits, whatever comes")
    func limits() {
        var scheduling = scheduling(SendSettings())
        var ticket: UInt64 = 0
        for chat in [5, -7] as [Int64] {
            for _ in 0..<100 {
                ticket += 1
                _ = scheduling.submit(job(ticket, chat: chat), at: at(0))
            }
        }
        var sent: [Int64: [Double]] = [:]
        var now = 0.0
        while now < 400 {
            for ticket in drain(&scheduling, at: now) { sent[ticket <= 100 ? 5 : -7, default: []].append(now) }
            now += 0.25
        }
        #expect(sent[5]?.count == 100)
        #expect(sent[-7]?.count == 100)
        // Token bucket: in any window no more than the burst and what the rate adds (a message a second, burst 5; in the
        // group besides that 20 a minute, burst 20).
        for (chat, times) in sent {
            for (index, first) in times.enumerated() {
                for (last, time) in times.enumerated().dropFirst(index) {
                    let count = Double(last - index + 1)
                    #expect(count <= 5 + (time - first) + 1e-6)
                    if chat < 0 { #expect(count <= 20 + (time - first) / 3 + 1e-6) }
                }
            }
        }
    }

    @Test("shares the rate over all chats")
    func globalRate() {
        var scheduling = scheduling(SendSettings(chat: nil, group: nil, global: .init(perSecond: 10, burst: 3)))
        for ticket in 1...5 as ClosedRange<UInt64> {
            _ = scheduling.submit(job(ticket, chat: Int64(ticket)), at: at(0))
        }
        #expect(drain(&scheduling) == [1, 2, 3])
        #expect(drain(&scheduling, at: 0.1) == [4])
    }

    @Test("pauses only the chat that was flooded")
    func flooded() {
        var scheduling = scheduling()
        _ = scheduling.submit(job(1, chat: 1), at: at(0))
        _ = scheduling.submit(job(2, chat: 2), at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(1))
        scheduling.finished(1, .flooded(seconds: 9), at: at(0))
        #expect(drain(&scheduling) == [2])
        // The second of grace is the jitter, drawn as 1 here.
        #expect(scheduling.next(at: at(9.5)) == .wait(until: at(10)))
        #expect(drain(&scheduling, at: 10) == [1])
    }

    @Test("pauses everyone when two chats are flooded at a time")
    func globalFlood() {
        var scheduling = scheduling()
        for ticket in 1...3 as ClosedRange<UInt64> {
            _ = scheduling.submit(job(ticket, chat: Int64(ticket)), at: at(0))
        }
        #expect(scheduling.next(at: at(0)) == .send(1))
        #expect(scheduling.next(at: at(0)) == .send(2))
        scheduling.finished(1, .flooded(seconds: 9), at: at(0))
        scheduling.finished(2, .flooded(seconds: 9), at: at(0))
        #expect(drain(&scheduling, at: 9) == [])
        #expect(drain(&scheduling, at: 10).sorted() == [1, 2, 3])
    }

    @Test("waits for the network with growing pauses, counting calls that fail together once")
    func unreachable() {
        var scheduling = scheduling()
        for ticket in 1...2 as ClosedRange<UInt64> {
            _ = scheduling.submit(job(ticket, chat: Int64(ticket)), at: at(0))
        }
        _ = scheduling.next(at: at(0))
        _ = scheduling.next(at: at(0))
        scheduling.finished(1, .unreachable, at: at(0))
        scheduling.finished(2, .unreachable, at: at(0))
        #expect(scheduling.unreachable == 1)
        #expect(scheduling.next(at: at(0)) == .wait(until: at(1)))
        #expect(scheduling.next(at: at(1)) == .send(1))
        scheduling.finished(1, .unreachable, at: at(1))
        #expect(scheduling.next(at: at(1)) == .wait(until: at(3)))
        #expect(drain(&scheduling, at: 3) == [1, 2])
    }

    @Test("drops an edit that a later one replaces")
    func coalescing() {
        var scheduling = scheduling()
        _ = scheduling.submit(job(1, .progress, edits: 5), at: at(0))
        #expect(scheduling.next(at: at(0)) == .send(1))
        #expect(scheduling.submit(job(2, .progress, edits: 5), at: at(0)) == .accepted)
        #expect(scheduling.submit(job(3, .progress, edits: 6), at: at(0)) == .accepted)
        #expect(scheduling.submit(job(4, .progress, edits: 5), at: at(0)) == .replaced(2))
        scheduling.finished(1, .done, at: at(0))
        #expect(drain(&scheduling) == [3, 4])
    }

    @Test("makes room for what is more urgent when the queue is full")
    func overflow() {
        var settings = SendSettings.unlimited
        settings.queue = 2
        var scheduling = scheduling(settings)
        #expect(scheduling.submit(job(1, .progress), at: at(0)) == .accepted)
        #expect(scheduling.submit(job(2, .notice), at: at(0)) == .accepted)
        #expect(scheduling.submit(job(3, .progress), at: at(0)) == .refused)
        #expect(scheduling.submit(job(4, .reply), at: at(0)) == .evicted(1))
        #expect(scheduling.submit(job(5, .alarm), at: at(0)) == .evicted(2))
        #expect(scheduling.submit(job(6, .alarm), at: at(0)) == .evicted(4))
        #expect(drain(&scheduling) == [5, 6])
    }

    @Test("gives up what has become worthless")
    func expiry() {
        var scheduling = scheduling(SendSettings(chat: .init(perSecond: 1, burst: 1), group: nil, global: nil))
        _ = scheduling.submit(job(1), at: at(0))
        _ = scheduling.submit(job(2, expires: 0.5), at: at(0))
        _ = scheduling.submit(job(3), at: at(0))
        #expect(drain(&scheduling) == [1])
        #expect(scheduling.next(at: at(0)) == .wait(until: at(0.5)))
        #expect(scheduling.next(at: at(0.5)) == .expire(2))
        #expect(drain(&scheduling, at: 1) == [3])
    }

    @Test("answers presses at once, past all queues")
    func answers() {
        var scheduling = scheduling(
            SendSettings(chat: .init(perSecond: 1, burst: 1), global: .init(perSecond: 1, burst: 1)))
        _ = scheduling.submit(job(1), at: at(0))
        #expect(drain(&scheduling) == [1])
        _ = scheduling.submit(job(2), at: at(0))
        _ = scheduling.submit(job(3, chat: nil, .alarm), at: at(0))
        _ = scheduling.submit(job(4, chat: nil, .alarm), at: at(0))
        #expect(drain(&scheduling) == [3, 4])
    }

    @Test("serves every job exactly once under random load", arguments: UInt64(1)...20)
    func random(seed: UInt64) {
        var state = seed
        func draw(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var settings = SendSettings()
        settings.inFlight = 3
        var scheduling = SendScheduling(settings: settings, at: start, chance: { 0.5 })
        var running: [UInt64] = []
        var done: Set<UInt64> = []
        var submitted: UInt64 = 0
        var now = 0.0
        while done.count < 300, now < 5000 {
            if submitted < 300, draw(3) > 0 {
                submitted += 1
                let priority = SendPriority(rawValue: Int(draw(4))) ?? .notice
                _ = scheduling.submit(job(submitted, chat: Int64(draw(6)) - 2, priority), at: at(now))
            }
            while case .send(let ticket) = scheduling.next(at: at(now)) {
                #expect(!running.contains(ticket) && !done.contains(ticket))
                running.append(ticket)
            }
            #expect(running.count <= 3)
            if !running.isEmpty, draw(2) == 0 {
                let ticket = running.remove(at: Int(draw(UInt64(running.count))))
                switch draw(10) {
                case 0: scheduling.finished(ticket, .flooded(seconds: 3), at: at(now))
                case 1: scheduling.finished(ticket, .unreachable, at: at(now))
                case 2: scheduling.finished(ticket, .more, at: at(now))
                case 3: scheduling.finished(ticket, .later(seconds: 1), at: at(now))
                default:
                    scheduling.finished(ticket, .done, at: at(now))
                    done.insert(ticket)
                }
            }
            now += 0.2
        }
        #expect(done.count == 300)
        #expect(scheduling.count == 0)
    }
}
