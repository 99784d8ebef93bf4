import BotAPIServer
import Foundation
import Synchronization
import Telegram
import Testing

/// A server of the test's own and a client for it.
struct Fixture: Sendable {
    let server: BotAPIServer
    let client: BotClient

    static func with(
        timeout: Duration = .seconds(5), _ body: @Sendable (Fixture) async throws -> Void
    ) async throws {
        let server = try await BotAPIServer.start()
        let transport = BotTransport()
        let client = BotClient(
            token: try BotToken(server.token), server: try BotServer(server.baseURL), transport: transport,
            timeout: timeout)
        await server.addUser(7)
        do {
            try await body(Fixture(server: server, client: client))
        } catch {
            await transport.shutdown()
            await server.stop()
            throw error
        }
        await transport.shutdown()
        await server.stop()
    }

    /// A sender at work for the time of `body`, with waits of a millisecond in place of seconds.
    func sending(
        _ settings: SendSettings = .test, completion: @escaping MessageSender.Completion = { _, _ in },
        _ body: @Sendable (MessageSender) async throws -> Void
    ) async throws {
        let sender = MessageSender(client: client, settings: settings, completion: completion)
        let running = Task { await sender.run() }
        do {
            try await body(sender)
        } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }
}

extension SendSettings {
    static var test: SendSettings {
        var settings = SendSettings.unlimited
        settings.backoff = Backoff(first: 0.001, ceiling: 0.01)
        return settings
    }
}

/// Waits for what other tasks bring about; a test that waits in vain fails.
func until(_ condition: () async -> Bool) async throws {
    for _ in 0..<5000 {
        if await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("waited in vain")
}

/// Collects what callbacks tell.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }

    func append(_ element: Element) { elements.withLock { $0.append(element) } }
    func append(contentsOf more: [Element]) { elements.withLock { $0 += more } }

    func wait(for count: Int) async throws -> [Element] {
        try await until { all.count >= count }
        return all
    }
}

enum Pictures {
    /// A red point, 1 × 1.
    static let png =
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
        ?? Data()
}
