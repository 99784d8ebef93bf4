import BotAPIServer
import Telegram
import Testing

@Suite("A poller")
struct UpdatePollerTests {
    private static let settings = UpdatePolling.Settings(
        timeout: 2, backoff: Backoff(first: 0.002, ceiling: 0.02), patience: Backoff(first: 0.002, ceiling: 0.02))

    private func polling(
        _ fixture: Fixture, offset: Int64? = nil, settings: UpdatePolling.Settings = settings,
        statuses: Collected<PollerStatus> = Collected(), handler: @escaping UpdatePoller.Handler,
        _ body: @Sendable (UpdatePoller) async throws -> Void
    ) async throws {
        let poller = UpdatePoller(
            client: fixture.client, offset: offset, settings: settings, onStatus: { statuses.append($0) },
            handler: handler)
        let running = Task { await poller.run() }
        do {
            try await body(poller)
        } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }

    @Test("hands every update over once, in order, through faults of all kinds")
    func faults() async throws {
        try await Fixture.with { fixture in
            let seen = Collected<Int64>()
            try await polling(fixture, handler: { seen.append(contentsOf: $0.map(\.id)) }) { poller in
                for (index, fault) in [
                    Fault.drop, .html502, .garbage, .half, .lossAfterExecution, .status(500), .status(502),
                    .slow(.milliseconds(5)), .status(409),
                ].enumerated() {
                    await fixture.server.inject(fault, method: "getUpdates")
                    await fixture.server.userSends("message \(index)", from: 7)
                    _ = try await seen.wait(for: index + 1)
                }
                try await fixture.server.waitUntilConfirmed()
                #expect(seen.all == Array(1001...1009))
                try await until { poller.status.problem == nil }
            }
        }
    }

    @Test("gives a batch again that was not handled")
    func refused() async throws {
        try await Fixture.with { fixture in
            struct DiskFull: Error {}
            let seen = Collected<Int64>()
            let statuses = Collected<PollerStatus>()
            await fixture.server.userSends("a", from: 7)
            try await polling(fixture, statuses: statuses) { updates in
                seen.append(contentsOf: updates.map(\.id))
                if seen.all.count < 3 { throw DiskFull() }
            } _: { _ in
                #expect(try await seen.wait(for: 3) == [1001, 1001, 1001])
                try await fixture.server.waitUntilConfirmed()
            }
            #expect(statuses.all.contains { $0.problem?.contains("fetched again") == true })
        }
    }

    @Test("starts without a network and joins when there is one")
    func noNetwork() async throws {
        try await Fixture.with { fixture in
            let seen = Collected<Int64>()
            await fixture.server.userSends("a", from: 7)
            await fixture.server.networkDown()
            try await polling(fixture, handler: { seen.append(contentsOf: $0.map(\.id)) }) { poller in
                try await until { poller.status.failures >= 3 }
                #expect(poller.status.problem?.contains("cannot be reached") == true)
                #expect(poller.status.lastSuccess == nil)
                try await fixture.server.networkUp()
                #expect(try await seen.wait(for: 1) == [1001])
                #expect(poller.status.lastSuccess != nil)
            }
        }
    }

    @Test("is not held up by an odd update")
    func odd() async throws {
        try await Fixture.with { fixture in
            let seen = Collected<Update>()
            await fixture.server.appendUpdate(["message": ["message_id": "none"]])
            await fixture.server.appendUpdate(["telepathy": ["from": "beyond"]])
            await fixture.server.userSends("a", from: 7)
            try await polling(fixture, handler: { seen.append(contentsOf: $0) }) { _ in
                let updates = try await seen.wait(for: 3)
                #expect(updates.prefix(2).map(\.payload) == [.unknown, .unknown])
                guard case .message(let message) = updates[2].payload else {
                    Issue.record("no message")
                    return
                }
                #expect(message.text == "a")
            }
        }
    }

    @Test("skips an update that breaks the whole answer")
    func poison() async throws {
        try await Fixture.with { fixture in
            let seen = Collected<Update>()
            var deep = JSON.string("x")
            for _ in 0..<1000 { deep = ["a": deep] }
            await fixture.server.appendUpdate(["message": deep])
            await fixture.server.userSends("a", from: 7)
            try await polling(fixture, handler: { seen.append(contentsOf: $0) }) { _ in
                let updates = try await seen.wait(for: 2)
                #expect(updates.map(\.id) == [1001, 1002])
                try await fixture.server.waitUntilConfirmed()
            }
        }
    }

    @Test("stops and says so when the token is refused")
    func unauthorized() async throws {
        try await Fixture.with { fixture in
            let statuses = Collected<PollerStatus>()
            await fixture.server.inject(.status(401), method: "getUpdates")
            try await polling(fixture, statuses: statuses, handler: { _ in }) { poller in
                _ = try await statuses.wait(for: 1)
                guard case .stopped(let reason) = poller.status.state else {
                    Issue.record("\(poller.status)")
                    return
                }
                #expect(reason.contains("@BotFather"))
            }
            #expect(await fixture.server.callLog.count == 1)
        }
    }

    @Test("explains a second reader and a webhook")
    func conflict() async throws {
        try await Fixture.with { fixture in
            let statuses = Collected<PollerStatus>()
            await fixture.server.setWebhook("https://example.org/hook")
            try await polling(fixture, statuses: statuses, handler: { _ in }) { poller in
                _ = try await statuses.wait(for: 1)
                #expect(poller.status.state == .waiting(because: PollConflict.webhook.advice, conflict: .webhook))
                try await fixture.client.deleteWebhook()
                try await until { poller.status.problem == nil }
                // A second poll of the same bot: the server ends the first, which waits already.
                try await until { await fixture.server.calls(of: "getUpdates").last?.status == nil }
                async let other = fixture.client.getUpdates(timeout: 5)
                try await until {
                    statuses.all.contains {
                        $0.state == .waiting(because: PollConflict.otherPoller.advice, conflict: .otherPoller)
                    }
                }
                await fixture.server.userSends("enough", from: 7)
                #expect(try await other.count == 1)
            }
        }
    }
}
