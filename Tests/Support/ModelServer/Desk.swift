import Foundation
import Hummingbird
import NIOCore

/// Judges requests and answers them from the script.
public actor Desk {
    private let shape: ModelServer.Shape
    private let key: String
    private var script: [Step] = []
    private var fallback: Step = .text("Hello.")
    public private(set) var requests: [ModelRequest] = []

    init(shape: ModelServer.Shape, key: String) {
        self.shape = shape
        self.key = key
    }

    /// Each step meets one of the next requests, in order.
    public func expect(_ steps: Step...) { script += steps }
    /// What meets every request beyond the script.
    public func always(_ step: Step) { fallback = step }

    private var isAnthropic: Bool {
        if case .anthropic = shape { true } else { false }
    }

    func respond(to request: Request, channel: any Channel) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 22)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName.lowercased()] = field.value }
        requests.append(ModelRequest(path: request.uri.path, headers: headers, body: String(buffer: body)))
        if let refusal = Rules(shape: shape, key: key).refusal(path: request.uri.path, headers: headers, body: body) {
            return error(refusal.status, refusal.type, refusal.message)
        }
        let json = try JSONSerialization.jsonObject(with: Data(buffer: body)) as? [String: Any] ?? [:]
        let step = script.isEmpty ? fallback : script.removeFirst()
        let writer = AnswerWriter(isAnthropic: isAnthropic, model: json["model"] as? String ?? "")
        let isStreamed = json["stream"] as? Bool == true
        switch step {
        case .text(let text, let finish):
            if isStreamed { return stream(writer.events(text, finish: finish), channel: channel) }
            return plain(200, writer.whole(text, finish: finish, isRefusal: false))
        case .refusal:
            if isStreamed { return stream(writer.refusalEvents("I can't help with that."), channel: channel) }
            return plain(
                200, writer.whole("I can't help with that.", finish: isAnthropic ? "refusal" : nil, isRefusal: true))
        case .status(let status, let extra, let text):
            var response = plain(status, text)
            for (name, value) in extra {
                if let name = HTTPFields.Element.Name(name) { response.headers[name] = value }
            }
            return response
        case .drop:
            try await channel.close()
            throw CancellationError()
        case .cut(let pieces, let cleanly, let text):
            return stream(Array(writer.events(text, finish: nil).prefix(pieces)), cuts: !cleanly, channel: channel)
        case .streamError(let pieces, let text):
            let events = writer.events(text, finish: nil).prefix(pieces) + [writer.streamError]
            return stream(Array(events), channel: channel)
        case .silence:
            try await Task.sleep(for: .seconds(3600))
            throw CancellationError()
        case .raw(let type, let text):
            return Response(
                status: .ok, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private func error(_ status: Int, _ type: String, _ message: String) -> Response {
        let error: [String: Any] = ["message": message, "type": type]
        let body: [String: Any] = isAnthropic ? ["type": "error", "error": error] : ["error": error]
        return plain(status, AnswerWriter.text(body))
    }

    private func plain(_ status: Int, _ body: String) -> Response {
        Response(
            status: .init(code: status), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: body)))
    }

    private func stream(_ events: [String], cuts: Bool = false, channel: any Channel) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8"],
            body: ResponseBody { writer in
                for event in events { try await writer.write(ByteBuffer(string: event)) }
                if cuts {
                    try await channel.close()
                    throw CancellationError()
                }
                try await writer.finish(nil)
            })
    }
}
