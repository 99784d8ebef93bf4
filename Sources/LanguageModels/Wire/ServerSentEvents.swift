/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Hashable {
    package var name: String?
    package var data: String

    package init(name: String?, data: String) {
        self.name = name
        self.data = data
    }
}

/// Takes a stream of bytes apart into events (WHATWG HTML, 9.2.6), wherever the pieces are cut.
package struct ServerSentEventParser: Sendable {
    /// A longer line is no event any more.
    static let longestLine = 1 << 20

    private var line: [UInt8] = []
    private var endedByReturn = false
    private var name: String?
    private var data: [String] = []

    /// - Throws: ``ModelError/malformed(_:)`` for a line without end.
    package init() {}

    package mutating func take(_ bytes: some Sequence<UInt8>) throws(ModelError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let followsReturn = endedByReturn
            endedByReturn = byte == 0x0D
            if byte == 0x0A, followsReturn { continue }
            guard byte == 0x0A || byte == 0x0D else {
                guard line.count < Self.longestLine else { throw .malformed("a line of the stream has no end") }
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer {
                name = nil
                data = []
            }
            return data.isEmpty ? nil : ServerSentEvent(name: name, data: data.joined(separator: "\n"))
        }
        let text = String(decoding: line, as: UTF8.self)
        // A line that begins with a colon is a comment: a ping.
        guard let colon = text.firstIndex(of: ":") else { return nil }
        var value = text[text.index(after: colon)...]
        if value.first == " " { value = value.dropFirst() }
        switch text[..<colon] {
        case "data": data.append(String(value))
        case "event": name = String(value)
        default: break
        }
        return nil
    }
}
