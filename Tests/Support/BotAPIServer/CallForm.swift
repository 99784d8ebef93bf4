import Hummingbird
import NIOCore

/// The parameters and files of one call, from JSON or `multipart/form-data`.
struct CallForm: Sendable {
    var parameters: [String: JSON] = [:]
    var files: [String: UploadedFile] = [:]

    struct Malformed: Error {
        var reason: String
    }

    init() {}

    init(contentType: String, body: ByteBuffer) throws {
        let bytes = Array(body.readableBytesView)
        if contentType.hasPrefix("application/json") {
            if bytes.isEmpty { return }
            let value: JSON
            do { value = try JSONParser.parse(bytes) } catch { throw Malformed(reason: error.reason) }
            guard case .object(let members) = value else { throw Malformed(reason: "not an object") }
            parameters = members
        } else if contentType.hasPrefix("multipart/form-data"),
            let boundary = contentType.split(separator: "boundary=", maxSplits: 1).last,
            contentType.contains("boundary=")
        {
            try readParts(bytes[...], boundary: String(boundary).replacing("\"", with: ""))
        } else if !bytes.isEmpty {
            throw Malformed(reason: "content type \(contentType)")
        }
    }

    private mutating func readParts(_ bytes: ArraySlice<UInt8>, boundary: String) throws {
        let opening = Array("--\(boundary)\r\n".utf8)
        let separator = Array("\r\n--\(boundary)".utf8)
        guard bytes.starts(with: opening) else { throw Malformed(reason: "no boundary at the start") }
        var rest = bytes.dropFirst(opening.count)
        while true {
            guard let end = rest.firstRange(of: separator) else { throw Malformed(reason: "no boundary at the end") }
            try readPart(rest[..<end.lowerBound])
            rest = rest[end.upperBound...]
            if rest.starts(with: "--".utf8) { return }
            guard rest.starts(with: "\r\n".utf8) else { throw Malformed(reason: "text after a boundary") }
            rest = rest.dropFirst(2)
        }
    }

    private mutating func readPart(_ part: ArraySlice<UInt8>) throws {
        guard let gap = part.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Malformed(reason: "a part without head")
        }
        let head = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
        let content = Array(part[gap.upperBound...])
        guard let name = Self.attribute("name", in: head) else { throw Malformed(reason: "a part without name") }
        if let fileName = Self.attribute("filename", in: head) {
            files[name] = UploadedFile(name: fileName, bytes: content)
        } else {
            parameters[name] = .string(String(decoding: content, as: UTF8.self))
        }
    }

    private static func attribute(_ name: String, in head: String) -> String? {
        guard let start = head.range(after: " \(name)=\"") else { return nil }
        return String(head[start...].prefix { $0 != "\"" })
    }

    /// A structure; in a form it comes as JSON text.
    func structure(_ name: String) throws -> JSON? {
        guard let value = parameters[name] else { return nil }
        guard case .string(let text) = value else { return value }
        do { return try JSONParser.parse(Array(text.utf8)) } catch { throw Malformed(reason: error.reason) }
    }
}

/// A file as it came up.
public struct UploadedFile: Sendable, Hashable {
    public var name: String
    public var bytes: [UInt8]
}

extension String {
    /// The index after the first occurrence of `text`.
    fileprivate func range(after text: String) -> Index? { firstRange(of: text)?.upperBound }
}
