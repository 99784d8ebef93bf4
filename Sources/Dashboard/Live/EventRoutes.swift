import ControlPlane
import HTTPTypes
import Hummingbird
import Store

func eventRoutes(_ streams: LiveStreams) -> [Route] {
    [.get("events") { try events($0, streams) }]
}

/// The event log as it grows, from now on or from the event after `Last-Event-ID`.
private func events(_ call: Call, _ streams: LiveStreams) throws -> Response {
    let last = try call.control.store.read { try $0.lastEventId() }
    // A position beyond the log is from before a backup was restored.
    let start = try lastEventId(call.request).map { min($0, last) } ?? last
    let stream = EventStream(store: call.control.store, start: start)
    let seat = try streams.take()
    let request = call.request.body
    return Response(
        status: .ok, headers: [.contentType: "text/event-stream"],
        body: ResponseBody { writer in
            try await stream.write(to: &writer, request: request)
            try await writer.finish(nil)
            withExtendedLifetime(seat) {}
        })
}

private func lastEventId(_ request: Request) throws -> Int64? {
    guard let name = HTTPField.Name("Last-Event-ID"), let text = request.headers[name] else { return nil }
    guard let id = Int64(text), id >= 0 else {
        throw Problem.badRequest("“Last-Event-ID” must be the id of an event of this stream, or 0 for all of them.")
    }
    return id
}
