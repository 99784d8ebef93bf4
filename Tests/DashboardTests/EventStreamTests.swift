import AsyncHTTPClient
import Foundation
import NIOCore
import Store
import Synchronization
import Testing

@Suite("The live stream of events")
struct EventStreamTests {
    @Test("events arrive with id, kind and details as they happen")
    func live() async throws {
        try await RunningServer.with { server in
            try await server.control.tellSomething("before")
            var stream = try await Frames(server)
            let id = try await server.control.tellSomething("Ada")
            let frame = try #require(try await stream.next())
            #expect(frame["id"] == "\(id)")
            #expect(frame["event"] == "access.granted")
            let data = try JSONSerialization.jsonObject(with: Data((frame["data"] ?? "").utf8)) as? [String: Any]
            #expect(data?["at"] as? String == "2024-03-01T12:00:00Z")
            #expect((data?["detail"] as? [String: Any])?["name"] as? String == "Ada")
        }
    }

    @Test("a reader that was away goes on after the event it has, and misses none")
    func resume() async throws {
        try await RunningServer.with { server in
            for number in 1...250 { try await server.control.tellSomething("\(number)") }
            var stream = try await Frames(server, lastEventId: "3")
            for expected in 4...250 {
                let frame = try await stream.next()
                #expect(frame?["id"] == "\(expected)")
            }
            try await server.control.tellSomething("now")
            let live = try await stream.next()
            #expect(live?["id"] == "251")
        }
    }

    @Test("a position beyond the log counts as its end")
    func beyond() async throws {
        try await RunningServer.with { server in
            try await server.control.tellSomething("old")
            var stream = try await Frames(server, lastEventId: "999")
            try await server.control.tellSomething("new")
            let frame = try await stream.next()
            #expect(frame?["id"] == "2")
        }
    }

    @Test("a position that is none is a 400 problem", arguments: ["x", "-1", "1.5", ""])
    func malformed(id: String) async throws {
        try await RunningServer.with { server in
            try await server.call(.GET, "/api/v1/events", headers: ["Last-Event-ID": id]).isProblem(400, "Bad Request")
        }
    }

    @Test("streams end properly at graceful shutdown")
    func shutdown() async throws {
        try await RunningServer.with { server in
            var stream = try await Frames(server)
            await server.stop()
            let frame = try await stream.next()
            #expect(frame == nil)
        }
    }

    @Test("a reader that reads nothing does not keep the server from stopping", .timeLimit(.minutes(1)))
    func stuck() async throws {
        let unread = Mutex<HTTPClientResponse?>(nil)
        // Ends only once the server has stopped.
        try await RunningServer.with(grace: .milliseconds(50)) { server in
            let long = String(repeating: "x", count: 100_000)
            try await server.control.store.write { transaction in
                for _ in 0..<200 {
                    try transaction.append(EventRecord(at: testMoment, kind: long, cycleId: nil, payload: "{}"))
                }
            }
            let response = try await HTTPClient.shared.execute(
                server.request(.GET, "/api/v1/events", headers: ["Last-Event-ID": "0"]), timeout: .seconds(30))
            unread.withLock { $0 = response }
        }
        #expect(unread.withLock { $0?.status } == .ok)
    }

    @Test("the thirty-third stream is refused until one closes")
    func seats() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 40
        let client = HTTPClient(configuration: configuration)
        try await RunningServer.with { server in
            var streams: [Frames] = []
            for _ in 0..<32 { streams.append(try await Frames(server, client: client)) }
            let refused = try await server.call(.GET, "/api/v1/events")
            refused.isProblem(503, "Service Unavailable")
            #expect(refused.headers.contains(name: "Retry-After"))
            streams.removeAll()
            try await client.shutdown()
            while try await server.call(.HEAD, "/api/v1/events").status == 503 {}
        }
    }
}

/// The frames of a stream, each as its fields.
struct Frames {
    private var chunks: HTTPClientResponse.Body.AsyncIterator
    private var rest = ""

    /// Returns once the stream has begun.
    init(_ server: RunningServer, lastEventId: String? = nil, client: HTTPClient = .shared) async throws {
        let headers = lastEventId.map { ["Last-Event-ID": $0] } ?? [:]
        let response = try await client.execute(
            server.request(.GET, "/api/v1/events", headers: headers), timeout: .seconds(30))
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == ["text/event-stream"])
        chunks = response.body.makeAsyncIterator()
        let greeting = try await next()
        #expect(greeting == ["retry": "3000"])
    }

    /// Nil once the server has ended the stream.
    mutating func next() async throws -> [String: String]? {
        while true {
            if let end = rest.firstRange(of: "\n\n") {
                var fields: [String: String] = [:]
                for line in rest[..<end.lowerBound].split(separator: "\n") {
                    guard let colon = line.firstRange(of: ": ") else { continue }
                    fields[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
                }
                rest = String(rest[end.upperBound...])
                // Comments only keep the connection alive.
                if !fields.isEmpty { return fields }
                continue
            }
            guard let chunk = try await chunks.next() else { return nil }
            rest += String(buffer: chunk)
        }
    }
}
