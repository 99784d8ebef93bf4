import Logging
import Synchronization

/// Fetches updates for as long as it runs: through lost networks, half-open connections, restarts of the server and
/// refusals. What happens when is decided by ``UpdatePolling``.
public final class UpdatePoller: Sendable {
    /// Takes a batch; when it returns, the batch is durably handled and the server may forget it. When it throws, the same
    /// batch comes again after a wait, so it must tell updates it has seen by their id.
    public typealias Handler = @Sendable ([Update]) async throws -> Void

    private let client: BotClient
    private let settings: UpdatePolling.Settings
    private let offset: Int64?
    private let logger: Logger
    private let onStatus: @Sendable (PollerStatus) -> Void
    private let handler: Handler
    private let current = Mutex(PollerStatus())

    /// - Parameters:
    ///   - offset: one more than the last update durably handled; nil if there was none.
    ///   - onStatus: told whenever ``PollerStatus/state`` changes; must return at once.
    public init(
        client: BotClient, offset: Int64?, settings: UpdatePolling.Settings = UpdatePolling.Settings(),
        logger: Logger = Logger(label: "telegram.poller"),
        onStatus: @escaping @Sendable (PollerStatus) -> Void = { _ in }, handler: @escaping Handler
    ) {
        self.client = client
        self.offset = offset
        self.settings = settings
        self.logger = logger
        self.onStatus = onStatus
        self.handler = handler
    }

    public var status: PollerStatus { current.withLock { $0 } }

    /// Polls until the task is cancelled. After a revoked token it polls no more but still waits for the cancellation, so
    /// that the rest of the program goes on.
    public func run() async {
        var machine = UpdatePolling(offset: offset, settings: settings)
        var event = UpdatePolling.Event.start
        while !Task.isCancelled {
            let action = machine.handle(event)
            publish(machine)
            event = await perform(action)
        }
    }

    private func perform(_ action: UpdatePolling.Action) async -> UpdatePolling.Event {
        switch action {
        case .poll(let offset, let timeout): return await poll(offset, timeout)
        case .deliver(let updates):
            do {
                try await handler(updates)
                return .delivered
            } catch {
                return .deliveryFailed("\(error)")
            }
        case .wait(let seconds, let renewing):
            if renewing { client.transport.renew() }
            // why: cancellation ends the wait early, and the loop looks for it.
            try? await Task.sleep(for: .seconds(seconds))
            return .waited
        case .stop:
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }  // why: as above
            return .waited
        }
    }

    private func poll(_ offset: Int64?, _ timeout: Int) async -> UpdatePolling.Event {
        let asked = ContinuousClock.now
        do {
            let updates = try await client.getUpdates(offset: offset, timeout: timeout)
            let now = ContinuousClock.now
            current.withLock { $0.lastSuccess = now }
            return .received(updates, after: (now - asked) / .seconds(1))
        } catch {
            return .failed(error)
        }
    }

    private func publish(_ machine: UpdatePolling) {
        guard !Task.isCancelled else { return }
        let (status, changed) = current.withLock { status in
            let changed = status.state != machine.state
            status.state = machine.state
            status.failures = machine.failures
            return (status, changed)
        }
        guard changed else { return }
        if let problem = status.problem {
            logger.warning("\(problem)", metadata: ["failures": "\(status.failures)"])
        } else if status.state == .polling {
            logger.info("Telegram answers.")
        }
        onStatus(status)
    }
}
