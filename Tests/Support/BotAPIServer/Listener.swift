import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The open port. Knows its connections, so that it can cut them like a failing network does.
final class Listener: Sendable {
    let port: Int
    private let group: ServiceGroup
    private let task: Task<Void, any Error>
    private let exchange: Exchange

    private init(port: Int, group: ServiceGroup, task: Task<Void, any Error>, exchange: Exchange) {
        self.port = port
        self.group = group
        self.task = task
        self.exchange = exchange
    }

    static func start(port: Int, responder exchange: Exchange) async throws -> Listener {
        var logger = Logger(label: "bot-api-server")
        logger.logLevel = .critical
        let (ports, running) = AsyncThrowingStream<Int, any Error>.makeStream()
        let app = Application(
            responder: CallbackResponder { (request: Request, context: CallContext) in
                try await exchange.respond(to: request, on: context.channel)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), reuseAddress: true),
            onServerRunning: { running.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [app], logger: logger))
        let task = Task {
            do {
                try await group.run()
                running.finish()
            } catch {
                running.finish(throwing: error)
                throw error
            }
        }
        for try await port in ports { return Listener(port: port, group: group, task: task, exchange: exchange) }
        throw BotAPIServerError(description: "The server ended before it began to listen.")
    }

    /// Gracefully where the port is concerned (a cancelled server drops connections it has just accepted in a way that NIO
    /// takes for a programming error), and not at all gracefully for the connections.
    func stop() async {
        await group.triggerGracefulShutdown()
        exchange.cutAll()
        // why: it is over either way.
        _ = try? await task.value
    }
}

struct CallContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

/// Between the HTTP library and the server: collects the request, cuts the connection where a fault says so.
final class Exchange: Sendable {
    private struct State {
        var server: BotAPIServer?
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    func serve(_ server: BotAPIServer) { state.withLock { $0.server = server } }

    func cutAll() {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
    }

    func respond(to request: Request, on channel: any Channel) async throws -> Response {
        remember(channel)
        guard let server = state.withLock({ $0.server }) else { return Response(status: .serviceUnavailable) }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: 51 << 20)
        } catch {
            return Answer.refusal(413, "Request Entity Too Large").response
        }
        switch await server.answer(
            path: request.uri.path, contentType: request.headers[.contentType] ?? "", body: body)
        {
        case .answer(let answer): return answer.response
        case .cut:
            try await channel.close()
            return Response(status: .badGateway)
        case .cutInside(let answer):
            let text = answer.body.utf8
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(contentLength: text.count) { writer in
                    try await writer.write(ByteBuffer(bytes: text.prefix(text.count / 2)))
                    try await channel.close()
                    throw BotAPIServerError(description: "The connection was cut.")
                })
        }
    }

    private func remember(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isNew = state.withLock { $0.channels.updateValue(channel, forKey: id) == nil }
        guard isNew else { return }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[id] = nil } }
    }
}

/// What goes back over the connection.
struct Answer: Sendable {
    var status: Int
    var body: String
    var contentType = "application/json"
    var retryAfter: Int?
    var description: String?

    static func success(_ result: JSON) -> Answer {
        Answer(status: 200, body: JSON.object(["ok": true, "result": result]).text)
    }

    static func refusal(
        _ code: Int, _ description: String, retryAfter: Int? = nil, migrateTo: Int64? = nil
    ) -> Answer {
        let parameters = JSON.members([
            "retry_after": retryAfter.map { .int(Int64($0)) }, "migrate_to_chat_id": migrateTo.map(JSON.int),
        ])
        let body = JSON.members([
            "ok": false, "error_code": .int(Int64(code)), "description": .string(description),
            "parameters": retryAfter == nil && migrateTo == nil ? nil : parameters,
        ])
        return Answer(status: code, body: body.text, retryAfter: retryAfter, description: description)
    }

    var response: Response {
        var headers: HTTPFields = [.contentType: contentType]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return Response(
            status: .init(code: status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

enum Treatment: Sendable {
    case answer(Answer)
    case cut
    case cutInside(Answer)
}
