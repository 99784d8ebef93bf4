import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// The connections to one Bot API server. HTTP/1.1 only: a request that fails closes its connection, so a dead one is
/// never used twice (a cancelled HTTP/2 stream would leave it in the pool).
///
/// ``renew()`` leaves all present connections behind: whatever they are in the middle of is finished, but nothing new
/// begins on them.
public final class BotTransport: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Name look-up, TCP and TLS together.
        public var connectTimeout: Duration
        /// Connections kept to the server, and with it calls in flight.
        public var connections: Int
        /// An unused connection is closed after this; before the server or a router on the way does it.
        public var idleTimeout: Duration

        public init(
            connectTimeout: Duration = .seconds(5), connections: Int = 16, idleTimeout: Duration = .seconds(50)
        ) {
            self.connectTimeout = connectTimeout
            self.connections = connections
            self.idleTimeout = idleTimeout
        }
    }

    /// A generation of connections and the calls that still use it.
    private struct State: ~Copyable {
        var client: HTTPClient
        var inFlight: [ObjectIdentifier: Int] = [:]
        var isShutDown = false
    }

    private let settings: Settings
    private let state: Mutex<State>

    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        self.state = Mutex(State(client: Self.makeClient(settings)))
    }

    deinit {
        Self.retire(state.withLock { $0.isShutDown ? nil : $0.client })
    }

    /// Begins anew: the next call opens a connection of its own.
    public func renew() {
        let fresh = Self.makeClient(settings)
        let retired: HTTPClient? = state.withLock { state in
            guard !state.isShutDown else { return fresh }
            let old = state.client
            state.client = fresh
            return state.inFlight[ObjectIdentifier(old)] == nil ? old : nil
        }
        Self.retire(retired)
    }

    /// Closes every connection; calls under way and calls to come fail. Safe to call twice.
    public func shutdown() async {
        let client: HTTPClient? = state.withLock { state in
            guard !state.isShutDown else { return nil }
            state.isShutDown = true
            return state.client
        }
        // why: the only failure is "already shut down", which is what was asked for.
        try? await client?.shutdown()
    }

    /// - Parameter timeout: for everything, from the look-up of the name to the last byte of the answer.
    func exchange(
        _ request: HTTPClient.Request, timeout: Duration, answerLimit: Int
    ) async throws(TransportFailure) -> TransportAnswer {
        let client = state.withLock { state in
            state.inFlight[ObjectIdentifier(state.client), default: 0] += 1
            return state.client
        }
        defer { finish(client) }
        let delegate = Exchange(answerLimit: answerLimit)
        do {
            let task = client.execute(request: request, delegate: delegate, deadline: .now() + TimeAmount(timeout))
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw TransportFailure(error, requestLeft: delegate.requestLeft)
        }
    }

    private func finish(_ client: HTTPClient) {
        let id = ObjectIdentifier(client)
        let isLastOfRetired = state.withLock { state in
            let left = (state.inFlight[id] ?? 1) - 1
            state.inFlight[id] = left > 0 ? left : nil
            return left <= 0 && state.client !== client
        }
        if isLastOfRetired { Self.retire(client) }
    }

    private static func retire(_ client: HTTPClient?) {
        client?.shutdown { _ in }
    }

    private static func makeClient(_ settings: Settings) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(settings.connectTimeout)),
            connectionPool: .init(idleTimeout: TimeAmount(settings.idleTimeout)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connections
        // Retries are the business of those who know what a call means.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        // A span would carry the address, and with it the token.
        configuration.tracing.tracer = nil
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }
}

struct TransportAnswer: Sendable {
    var status: Int
    var retryAfter: Int?
    var body: ByteBuffer
}

/// One request and its answer, collected up to a limit.
private final class Exchange: HTTPClientResponseDelegate {
    typealias Response = TransportAnswer

    private struct State {
        var requestLeft = false
        var answer = TransportAnswer(status: 0, body: ByteBuffer())
    }

    private let state = Mutex(State())
    private let answerLimit: Int

    init(answerLimit: Int) { self.answerLimit = answerLimit }

    /// Whether any part of the request has been written to a connection.
    var requestLeft: Bool { state.withLock { $0.requestLeft } }

    func didSendRequestHead(task: HTTPClient.Task<Response>, _ head: HTTPRequestHead) {
        state.withLock { $0.requestLeft = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock {
            $0.answer.status = Int(head.status.code)
            $0.answer.retryAfter = head.headers.first(name: "Retry-After").flatMap { Int($0) }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = state.withLock { state in
            guard state.answer.body.readableBytes + buffer.readableBytes <= answerLimit else { return false }
            state.answer.body.writeImmutableBuffer(buffer)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(AnswerTooLarge(limit: answerLimit))
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) -> TransportAnswer { state.withLock { $0.answer } }
}

struct AnswerTooLarge: Error {
    var limit: Int
}
