import Foundation
import Hummingbird
import Logging
import NIOCore

/// A strict stand-in for the chat interfaces of OpenAI, Mistral, llama-server and Anthropic on a free loopback port: it refuses
/// what the real ones refuse, and fails when told to.
public final class ModelServer: Sendable {
    public enum Shape: Sendable {
        case openAI, mistral, llama, anthropic
    }

    /// `http://127.0.0.1:PORT/v1`
    public let baseURL: String
    public let desk: Desk
    private let task: Task<Void, any Error>

    private init(port: Int, desk: Desk, task: Task<Void, any Error>) {
        baseURL = "http://127.0.0.1:\(port)/v1"
        self.desk = desk
        self.task = task
    }

    deinit { task.cancel() }

    public static func start(_ shape: Shape, key: String = "key") async throws -> ModelServer {
        let desk = Desk(shape: shape, key: key)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: CallbackResponder { (request: Request, context: ModelContext) in
                try await desk.respond(to: request, channel: context.channel)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { announce.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "model-server") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            defer { announce.finish() }
            try await application.run()
        }
        for await port in ports { return ModelServer(port: port, desk: desk, task: task) }
        try await task.value
        throw CancellationError()
    }

    public func stop() async {
        task.cancel()
        // Cancelling is how it ends.
        _ = await task.result
    }
}

struct ModelContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}

/// What one request meets.
public enum Step: Sendable {
    /// Answers with this text.
    case text(String, finish: String? = nil)
    /// A refusal in the vendor's own way.
    case refusal
    case status(Int, headers: [String: String] = [:], body: String)
    /// Closes the connection before any answer.
    case drop
    /// Ends a stream after so many pieces: cleanly but without its end marker, or by closing the connection.
    case cut(afterPieces: Int, cleanly: Bool, text: String)
    /// An error event in the middle of a stream.
    case streamError(afterPieces: Int, text: String)
    /// Answers never.
    case silence
    /// 200 with this in place of an answer.
    case raw(contentType: String, String)
}

/// A request as it arrived.
public struct ModelRequest: Sendable {
    public let path: String
    public let headers: [String: String]
    public let body: String
}
