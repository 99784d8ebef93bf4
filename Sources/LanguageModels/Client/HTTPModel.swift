import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A model behind HTTP.
public final class HTTPModel: ChatModel {
    /// An answer longer than this is none, in bytes.
    static let longestAnswer = 4 << 20

    public let endpoint: Endpoint
    public var name: String { endpoint.model }
    private let wire: any WireFormat
    private let policy: RetryPolicy
    private let client: HTTPClient

    public init(_ endpoint: Endpoint, policy: RetryPolicy = RetryPolicy()) {
        self.endpoint = endpoint
        self.policy = policy
        wire = endpoint.wire
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: TimeAmount(endpoint.inactivity)),
            connectionPool: .init(idleTimeout: .seconds(20)))
        configuration.connectionPool.retryConnectionEstablishment = false
        // A call that is given up closes its connection: a busy llama-server ends only when its callers are gone.
        configuration.httpVersion = .http1Only
        configuration.tracing.tracer = nil
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    public func respond(
        to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse {
        let deadline = ContinuousClock.now + request.deadline
        var retries = 0
        while true {
            let left = deadline - .now
            guard left > .zero else { throw .deadlinePassed }
            do {
                return try await within(left) { try await self.call(request, onText) }
            } catch let failure as CallFailure {
                let verdict = policy.verdict(
                    on: failure.facts, retriesSoFar: retries, jitter: .random(in: 0..<1), timeLeft: deadline - .now)
                guard case .retry(let pause) = verdict else { throw failure.error }
                retries += 1
                do { try await Task.sleep(for: pause) } catch { throw .cancelled }
            } catch let error as ModelError {
                throw error
            } catch {
                throw .cancelled
            }
        }
    }

    /// Runs `body` and ends it when its time is over.
    private func within(
        _ time: Duration, _ body: @escaping @Sendable () async throws -> ChatResponse
    ) async throws -> ChatResponse {
        try await withThrowingTaskGroup(of: ChatResponse.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: time)
                throw ModelError.deadlinePassed
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw ModelError.cancelled }
            return first
        }
    }

    private func call(
        _ request: ChatRequest, _ onText: (@Sendable (String) async -> Void)?
    ) async throws -> ChatResponse {
        let progress = ShownMark()
        do {
            var call = HTTPClientRequest(url: endpoint.baseURL + wire.path)
            call.method = .POST
            call.headers.add(name: "Content-Type", value: "application/json")
            call.headers.add(name: "User-Agent", value: "MarketFlow")
            for field in wire.headers(key: endpoint.key) { call.headers.add(name: field.name, value: field.value) }
            let body = wire.body(request, model: endpoint.model, isStreamed: onText != nil)
            call.body = .bytes(ByteBuffer(string: body.text))
            let answer = try await client.execute(call, deadline: .distantFuture)
            guard answer.status == .ok else { throw await Self.refusal(answer) }
            guard let onText else {
                let bytes = try await answer.body.collect(upTo: Self.longestAnswer)
                return try wire.response(try JSONValue(answer: bytes.readableBytesView))
            }
            return try await read(answer, progress, onText)
        } catch let failure as CallFailure {
            throw failure
        } catch let error as ModelError {
            throw CallFailure(error, facts: .init(status: error.isTransient ? nil : 200, hasShown: progress.isSet))
        } catch is CancellationError {
            throw ModelError.cancelled
        } catch let error as HTTPClientError where error == .readTimeout {
            throw CallFailure(.silent, facts: .init(status: 200, hasShown: progress.isSet))
        } catch let error as HTTPClientError where error == .cancelled {
            throw ModelError.cancelled
        } catch {
            let isLate = progress.isSet
            let reason = Self.words(error)
            throw CallFailure(
                isLate ? .brokenOff(reason) : .unreachable(reason), facts: .init(status: nil, hasShown: isLate))
        }
    }

    private func read(
        _ answer: HTTPClientResponse, _ progress: ShownMark, _ onText: @Sendable (String) async -> Void
    ) async throws -> ChatResponse {
        guard answer.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true else {
            throw ModelError.malformed("it is no event stream")
        }
        var parser = ServerSentEventParser()
        var reader = wire.makeReader()
        var size = 0
        for try await buffer in answer.body {
            size += buffer.readableBytes
            guard size <= Self.longestAnswer else { throw ModelError.malformed("it is too long") }
            for event in try parser.take(buffer.readableBytesView) {
                guard let text = try reader.take(event) else { continue }
                progress.set()
                await onText(text)
            }
            if let finished = reader.finished { return finished }
        }
        try Task.checkCancellation()
        throw ModelError.brokenOff("it closed without its end marker")
    }

    /// An answer with another status than 200.
    private static func refusal(_ answer: HTTPClientResponse) async -> CallFailure {
        let status = Int(answer.status.code)
        // why: the status says enough when the body cannot be read.
        let body = try? await answer.body.collect(upTo: 64 << 10)
        let json = body.flatMap { try? JSONValue(parsing: $0.readableBytesView) }  // a proxy's page is no JSON
        let headers = answer.headers
        return CallFailure(status: status, body: json, header: { headers.first(name: $0) }, now: Date())
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case is NIOConnectionError: "nothing listens there"
        case is HTTPParserError: "the answer broke off"
        case is NIOTooManyBytesError: "the answer is too long"
        default: "the connection failed (\(type(of: error)))"
        }
    }
}

extension ModelError {
    /// The next try may well succeed.
    fileprivate var isTransient: Bool {
        switch self {
        case .brokenOff, .unreachable: true
        default: false
        }
    }
}
