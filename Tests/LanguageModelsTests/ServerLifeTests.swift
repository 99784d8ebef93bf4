import LanguageModels
import Testing

@Suite("The life of the local server")
struct ServerLifeTests {
    /// Feeds events at given seconds.
    struct Clocked {
        var life = ServerLife()
        var now: Duration = .zero

        mutating func feed(_ event: ServerLife.Event, after pause: Duration = .zero) -> [ServerLife.Action] {
            now += pause
            return life.handle(event, at: now)
        }

        /// Up to the first answer.
        mutating func start() {
            _ = feed(.wanted)
            _ = feed(.checked(nil))
            _ = feed(.spawned(nil))
            _ = feed(.health(.good))
            _ = feed(.tested(true))
        }

        var isReady: Bool { if case .ready = life.state { true } else { false } }
    }

    @Test("the first question starts it; health alone does not make it ready")
    func start() {
        var it = Clocked()
        #expect(it.feed(.wanted) == [.check])
        #expect(it.feed(.wanted) == [])
        #expect(it.feed(.checked(nil)) == [.spawn])
        #expect(it.feed(.spawned(nil)) == [.askHealth])
        #expect(it.feed(.health(.unreachable)) == [.wake(after: .milliseconds(100))])
        #expect(it.feed(.timer, after: .milliseconds(100)) == [.askHealth])
        #expect(it.feed(.health(.loading)) == [.wake(after: .milliseconds(200))])
        #expect(it.feed(.timer, after: .milliseconds(200)) == [.askHealth])
        #expect(it.feed(.health(.good)) == [.askFirstAnswer])
        #expect(!it.isReady)
        #expect(it.feed(.tested(true)) == [.admit, .wake(after: .seconds(30))])
        #expect(it.isReady)
    }

    @Test("polling slows down to once a second and ends with the time for a start")
    func slow() {
        var it = Clocked()
        _ = it.feed(.wanted)
        _ = it.feed(.checked(nil))
        _ = it.feed(.spawned(nil))
        var pauses: [Duration] = []
        for _ in 0..<6 {
            for case .wake(let pause) in it.feed(.health(.loading)) { pauses.append(pause) }
        }
        #expect(
            pauses == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1),
                .seconds(1),
            ])
        #expect(it.feed(.health(.loading), after: .seconds(121)) == [.closeCalls, .wake(after: .milliseconds(500))])
        #expect(it.feed(.timer) == [.terminate, .wake(after: .seconds(3))])
        _ = it.feed(.exited(.endedEarly("signal 15")))
        #expect(it.life.state == .failed(.startTimeout(seconds: 120)))
    }

    @Test(
        "what must be mended by hand is never tried again by itself",
        arguments: [
            ServerFault.commandMissing("llama-server"), .modelMissing("x"), .modelNotGGUF("x"), .portTaken(8080),
        ])
    func preflight(fault: ServerFault) {
        var it = Clocked()
        _ = it.feed(.wanted)
        #expect(it.feed(.checked(fault)) == [.closeCalls, .turnAway(fault), .announce(fault)])
        #expect(it.feed(.timer) == [])
        #expect(it.feed(.wanted) == [.turnAway(fault)])
        #expect(it.feed(.startAsked) == [.check])
    }

    @Test("a model error of the server's own is final; an unknown early end is tried once more")
    func earlyEnds() {
        var it = Clocked()
        _ = it.feed(.wanted)
        _ = it.feed(.checked(nil))
        _ = it.feed(.spawned(nil))
        let fault = ServerFault.modelUnusable("tensor is not within the file bounds")
        #expect(it.feed(.exited(fault)) == [.closeCalls, .turnAway(fault), .announce(fault)])

        it = Clocked()
        let unknown = ServerFault.endedEarly("exit code 1")
        _ = it.feed(.wanted)
        _ = it.feed(.checked(nil))
        #expect(it.feed(.exited(unknown)) == [.closeCalls, .announce(unknown), .wake(after: .seconds(1))])
        #expect(it.feed(.timer) == [.check])
        _ = it.feed(.checked(nil))
        #expect(it.feed(.exited(unknown)) == [.closeCalls, .turnAway(unknown), .announce(unknown)])
    }

    @Test("unreadable answers mean damaged weights")
    func nonsense() {
        var it = Clocked()
        _ = it.feed(.wanted)
        _ = it.feed(.checked(nil))
        _ = it.feed(.spawned(nil))
        _ = it.feed(.health(.good))
        #expect(it.feed(.tested(false)) == [.closeCalls, .wake(after: .milliseconds(500))])
        _ = it.feed(.timer)
        #expect(
            it.feed(.exited(.endedEarly("exit code 0"))) == [.closeCalls, .turnAway(.nonsense), .announce(.nonsense)])
    }

    @Test("crashes are restarted after 1, 2, 4, 8, 16 s, the sixth within ten minutes no more")
    func crashes() {
        var it = Clocked()
        it.start()
        var pauses: [Duration] = []
        for _ in 0..<5 {
            for case .wake(let pause) in it.feed(.exited(.endedEarly("signal 9")), after: .seconds(5)) {
                pauses.append(pause)
            }
            #expect(it.feed(.timer) == [.check])
            _ = it.feed(.checked(nil))
            _ = it.feed(.spawned(nil))
            _ = it.feed(.health(.good))
            _ = it.feed(.tested(true))
        }
        #expect(pauses == [1, 2, 4, 8, 16].map { .seconds($0) })
        _ = it.feed(.exited(.endedEarly("signal 9")), after: .seconds(5))
        #expect(it.life.state == .failed(.tooManyRestarts(6)))
    }

    @Test("old crashes are forgotten, and chance spreads restarts by a fifth")
    func forgiven() {
        var it = Clocked()
        it.start()
        #expect(it.feed(.exited(.endedEarly("signal 9"))).contains(.wake(after: .seconds(1))))
        _ = it.feed(.timer)
        _ = it.feed(.checked(nil))
        _ = it.feed(.health(.good))
        _ = it.feed(.tested(true))
        it.now += .seconds(601)
        let actions = it.life.handle(.exited(.endedEarly("signal 9")), at: it.now, jitter: 0.5)
        guard case .wake(let pause) = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(abs(pause / .milliseconds(1) - 1100) < 0.001)
    }

    @Test("three missed checks mean it hangs; a busy one is not blamed for a late check")
    func hangs() {
        var it = Clocked()
        it.start()
        #expect(it.feed(.timer) == [.askHealth])
        #expect(it.feed(.health(.silent)) == [.wake(after: .seconds(1))])
        #expect(it.feed(.health(.silent)) == [.wake(after: .seconds(1))])
        #expect(it.feed(.health(.good)) == [.wake(after: .seconds(30))])
        _ = it.feed(.questionBegan)
        for _ in 0..<5 { #expect(it.feed(.health(.silent)) == [.wake(after: .seconds(30))]) }
        _ = it.feed(.questionEnded(wasSilent: false))
        _ = it.feed(.health(.silent))
        _ = it.feed(.health(.unreachable))
        #expect(it.feed(.health(.silent)) == [.closeCalls, .wake(after: .milliseconds(500))])
        // A stopped process gets no SIGTERM: only SIGKILL ends it.
        #expect(it.feed(.timer) == [.terminate, .wake(after: .seconds(3))])
        #expect(it.feed(.timer) == [.terminate, .wake(after: .seconds(2))])
        #expect(it.feed(.timer) == [.kill])
        #expect(
            it.feed(.exited(.endedEarly("signal 9"))) == [.closeCalls, .announce(.hung), .wake(after: .seconds(1))])
    }

    @Test("two answers in a row that fell silent mean it hangs, though health is good")
    func silence() {
        var it = Clocked()
        it.start()
        _ = it.feed(.questionBegan)
        #expect(it.feed(.questionEnded(wasSilent: true)) == [.admit])
        _ = it.feed(.questionBegan)
        #expect(it.feed(.questionEnded(wasSilent: false)) == [.admit])
        _ = it.feed(.questionBegan)
        #expect(it.feed(.questionEnded(wasSilent: true)) == [.admit])
        _ = it.feed(.questionBegan)
        #expect(it.feed(.questionEnded(wasSilent: true)) == [.closeCalls, .wake(after: .milliseconds(500))])
    }

    @Test("an order to stop closes our calls first, and all signals fit into six seconds")
    func stop() {
        var it = Clocked()
        it.start()
        _ = it.feed(.questionBegan)
        #expect(it.feed(.stopAsked(holds: true)) == [.closeCalls, .wake(after: .milliseconds(500)), .turnAway(nil)])
        var spent: Duration = .milliseconds(500)
        for _ in 0..<2 {
            for case .wake(let pause) in it.feed(.timer) { spent += pause }
        }
        #expect(spent <= .seconds(6))
        #expect(it.feed(.timer) == [.kill])
        #expect(it.feed(.exited(.endedEarly("signal 9"))) == [])
        #expect(it.life.state == .stopped)
        #expect(it.feed(.wanted) == [.turnAway(nil)])
        #expect(it.feed(.startAsked) == [.check])
    }

    @Test("without questions it is ended after a while, and the next question starts it again")
    func idle() {
        var it = Clocked()
        it.start()
        #expect(it.feed(.timer, after: .seconds(599)) == [.askHealth])
        _ = it.feed(.questionBegan)
        #expect(it.feed(.timer, after: .seconds(30)) == [.askHealth])
        _ = it.feed(.questionEnded(wasSilent: false))
        #expect(it.feed(.timer, after: .seconds(600)) == [.closeCalls, .wake(after: .milliseconds(500))])
        _ = it.feed(.timer)
        _ = it.feed(.wanted)
        #expect(it.feed(.exited(.endedEarly("exit code 0"))) == [.check])
    }

    @Test("it can be started anew with other options")
    func renew() {
        var it = Clocked()
        it.start()
        #expect(it.feed(.renewAsked) == [.closeCalls, .wake(after: .milliseconds(500))])
        _ = it.feed(.timer)
        #expect(it.feed(.exited(.endedEarly("exit code 0"))) == [.check])
    }

    @Test("whatever happens in whatever order, it is never two processes and a stop always ends it")
    func anyOrder() {
        var generator = SystemRandomNumberGenerator()
        let events: [ServerLife.Event] = [
            .wanted, .startAsked, .stopAsked(holds: true), .stopAsked(holds: false), .renewAsked, .checked(nil),
            .checked(.portTaken(1)), .spawned(nil), .exited(.endedEarly("")), .exited(.modelUnusable("")),
            .health(.good), .health(.silent), .health(.loading), .tested(true), .tested(false), .questionBegan,
            .questionEnded(wasSilent: true), .timer,
        ]
        for _ in 0..<300 {
            var it = Clocked()
            var isRunning = false
            for _ in 0..<60 {
                guard var event = events.randomElement(using: &generator) else { break }
                if case .exited = event, !isRunning { event = .timer }
                if case .exited = event { isRunning = false }
                for action in it.feed(event, after: .milliseconds(700)) where action == .spawn {
                    #expect(!isRunning)
                    isRunning = true
                }
            }
            _ = it.feed(.stopAsked(holds: true))
            var isKilled = !isRunning
            for _ in 0..<3 where isRunning { if it.feed(.timer).contains(.kill) { isKilled = true } }
            #expect(isKilled)
            if isRunning { _ = it.feed(.exited(.endedEarly(""))) }
            if case .failed = it.life.state {} else { #expect(it.life.state == .stopped) }
        }
    }
}

@Suite("What a server's last lines say")
struct ServerFaultTests {
    @Test(
        "each known cause has its own fault",
        arguments: [
            (
                "0.01 E gguf_init_from_file: failed to open GGUF file 'X' (No such file or directory)",
                ServerFault.modelUnusable(
                    "gguf_init_from_file: failed to open GGUF file 'X' (No such file or directory)")
            ),
            (
                "0.01 E gguf_init_from_reader: invalid magic characters: '<htm', expected 'GGUF'",
                .modelUnusable("gguf_init_from_reader: invalid magic characters: '<htm', expected 'GGUF'")
            ),
            (
                "0.1 E tensor 'output.weight' data is not within the file bounds, model is corrupted or incomplete",
                .modelUnusable(
                    "tensor 'output.weight' data is not within the file bounds, model is corrupted or incomplete")
            ),
            ("0.1 E srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", .portTaken(8080)),
            ("error: invalid argument: --frobnicate", .badArgument("error: invalid argument: --frobnicate")),
            ("error while handling argument \"-c\": stoi", .badArgument("error while handling argument \"-c\": stoi")),
        ])
    func causes(line: String, fault: ServerFault) {
        let lines = ["0.0 I build info", line, "0.2 E srv  llama_server: exiting due to model loading error"]
        #expect(ServerFault.reading(lines, status: .code(1), port: 8080) == fault)
        #expect(fault.isConfiguration)
    }

    @Test("anything else may pass by itself")
    func unknown() {
        let fault = ServerFault.reading(["ok", "Killed\u{1B}[0m"], status: .signal(9), port: 1)
        #expect(fault == .endedEarly("signal 9; its last line: Killed[0m"))
        #expect(!fault.isConfiguration)
    }
}

@Suite("Event streams")
struct ServerSentEventTests {
    @Test("events are the same wherever the bytes are cut")
    func cuts() throws {
        let bytes = Array(
            "event: a\r\ndata: {\"x\":\r\ndata: \"ё\"}\r\n\r\n: ping\n\ndata:b\n\nid: 7\ndata\n\ndata: open".utf8)
        let whole = [ServerSentEvent(name: "a", data: "{\"x\":\n\"ё\"}"), ServerSentEvent(name: nil, data: "b")]
        for size in 1...bytes.count {
            var parser = ServerSentEventParser()
            var found: [ServerSentEvent] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += try parser.take(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(found == whole)
        }
    }
}
