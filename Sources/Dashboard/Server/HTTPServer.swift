import ControlPlane
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The control plane over HTTP: health, Prometheus metrics and the API.
///
/// `GET /healthz` and `GET /metrics` are open; everything under `/api/v1` wants the bearer token. Errors are
/// `application/problem+json` (RFC 9457). At graceful shutdown live streams end and requests under way are answered.
public final class HTTPServer: Service {
    /// Connections beyond this wait until one closes.
    static let connectionLimit = 256

    private let control: ControlPlane
    private let host: String
    private let port: Int
    private let token: String?
    private let botPollAge: @Sendable () -> Double?
    private let logger: Logger
    private let grace: Duration
    private let onListening: @Sendable (Int) -> Void
    private let streams = LiveStreams()

    /// - Parameters:
    ///   - port: 0 takes a free one, which the log names.
    ///   - token: the bearer token of the API; nil or empty closes the API and leaves health and metrics.
    ///   - botPollAge: seconds since the bot's server last answered a poll; nil while no bot runs.
    public convenience init(
        control: ControlPlane, host: String, port: Int, token: String?, botPollAge: @escaping @Sendable () -> Double?,
        logger: Logger
    ) {
        self.init(
            control: control, host: host, port: port, token: token, botPollAge: botPollAge, logger: logger,
            grace: .seconds(5), onListening: { _ in })
    }

    /// - Parameters:
    ///   - grace: how long clients have at graceful shutdown before they are cut off.
    ///   - onListening: told the port once connections are accepted.
    package init(
        control: ControlPlane, host: String, port: Int, token: String?, botPollAge: @escaping @Sendable () -> Double?,
        logger: Logger, grace: Duration, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.control = control
        self.host = host
        self.port = port
        self.token = token.flatMap { $0.isEmpty ? nil : $0 }
        self.botPollAge = botPollAge
        self.logger = logger
        self.grace = grace
        self.onListening = onListening
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: ``HTTPServerError`` when the address cannot be listened on.
    public func run() async throws {
        let isListening = Atomic(false)
        // What the library would log of a failed start is thrown below, once.
        var quiet = logger
        quiet.logLevel = .critical
        let application = Application(
            router: router(), server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(Self.connectionLimit, logger: quiet)),
            onServerRunning: { [self] channel in
                isListening.store(true, ordering: .releasing)
                let port = channel.localAddress?.port ?? self.port
                logger.notice("HTTP listens", metadata: ["host": "\(host)", "port": "\(port)"])
                onListening(port)
            }, logger: quiet)
        do {
            try await serve(application)
        } catch  where !isListening.load(ordering: .acquiring) && !(error is CancellationError) {
            throw HTTPServerError(cannotListenOn: host, port: port, error)
        }
    }

    /// A client that neither reads nor leaves must not keep the process from stopping.
    private func serve(_ application: some ApplicationProtocol & Sendable) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [grace] group in
            group.addTask { try await application.run() }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: grace)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: ResponseEnvelope(metrics: control.metrics, logger: logger))
        let open = healthRoutes + scrapeRoutes(botPollAge: botPollAge)
        let closed = cycleRoutes + policyRoutes + tradeRoutes + weightRoutes + eventRoutes(streams)
        open.register(in: router, control: control)
        closed.register(
            in: router.group("api/v1").add(middleware: BearerAuthentication(token: token)), control: control)
        return router
    }
}
