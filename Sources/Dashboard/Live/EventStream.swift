import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Store

/// Writes the event log to one client as it grows, as server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
struct EventStream {
    /// Events read and written at a time.
    static let batch = 100
    /// A comment is sent after this long: without it a client that vanished would never be noticed.
    static let heartbeat = Duration.seconds(15)

    private enum Pulse { case changed, heartbeat }

    let store: Store
    /// The last event the client has.
    let start: Int64

    /// Goes on until the client leaves or the process does.
    ///
    /// - Parameter request: the body of the client's request, whose end tells that the client left.
    func write(to writer: inout any ResponseBodyWriter, request: RequestBody) async throws {
        let (pulses, pulse) = AsyncStream.makeStream(of: Pulse.self, bufferingPolicy: .bufferingNewest(1))
        // Before the greeting, so that whoever has read it misses nothing that happens from then on.
        let changes = store.signals()
        try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
        try await request.consumeWithInboundCloseHandler { _ in
            try await withThrowingTaskGroup(of: Void.self) { sources in
                sources.addTask { for await _ in changes { pulse.yield(.changed) } }
                sources.addTask {
                    while true {
                        try await Task.sleep(for: Self.heartbeat)
                        pulse.yield(.heartbeat)
                    }
                }
                try await withGracefulShutdownHandler {
                    var position = start
                    for await pulse in pulses {
                        let before = position
                        position = try await writeEvents(after: position, to: &writer)
                        if pulse == .heartbeat, position == before {
                            try await writer.write(ByteBuffer(string: ":\n\n"))
                        }
                    }
                } onGracefulShutdown: {
                    pulse.finish()
                }
                sources.cancelAll()
            }
        } onInboundClosed: {
            pulse.finish()
        }
    }

    /// Writes what the log has after `position` and returns the position of the last of it.
    private func writeEvents(after position: Int64, to writer: inout any ResponseBodyWriter) async throws -> Int64 {
        var position = position
        while true {
            let events = try store.read { try $0.events(after: position, limit: Self.batch) }
            guard let last = events.last else { return position }
            var frames = ByteBuffer()
            for event in events {
                frames.writeString("id: \(event.id)\nevent: \(event.kind)\ndata: ")
                frames.writeBytes(try apiJSON(EventBody(event)))
                frames.writeString("\n\n")
            }
            try await writer.write(frames)
            position = last.id
        }
    }
}
