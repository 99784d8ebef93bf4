extension Form where Value == String {
    /// Printable text that is not empty.
    static func text(_ allowed: String) -> Form { matching(allowed) { _ in true } }

    static var path: Form { text("a path") }

    /// 1 to 32 small letters, digits and _.
    static func name(_ allowed: String) -> Form {
        .spelled(
            allowed,
            parse: { name in
                let isPlain = name.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
                }
                return isPlain && (1...32).contains(name.utf8.count) ? name : nil
            },
            write: { $0 })
    }

    /// Scheme, host and path only: a user name, a password or a query in a URL would reach the log.
    static var url: Form {
        Form(
            allowed: "an http:// or https:// URL without user name, query or fragment",
            decode: { (json) throws(Refusal) in
                guard case .string(let text) = json.value, isBaseURL(text) else { throw Refusal(found: json) }
                return String(text.reversed().drop { $0 == "/" }.reversed())
            },
            encode: { JSON(.string($0)) },
            read: { JSON(.string($0)) })
    }

    /// Whether the zone exists is known only where times are computed.
    static var timeZone: Form {
        matching("an IANA time zone like Europe/Berlin") { text in
            text.utf8.count <= 64 && text.first?.isLetter == true
                && text.utf8.allSatisfy { isAlphanumeric($0) || "_+-/".utf8.contains($0) }
        }
    }

    static var host: Form {
        matching("a host name or IP address") { text in
            text.utf8.count <= 253 && text.utf8.allSatisfy { isAlphanumeric($0) || ".-:".utf8.contains($0) }
        }
    }

    /// The same, or nothing at all.
    var orEmpty: Form {
        Form(
            allowed: allowed + ", or empty",
            decode: { (json) throws(Refusal) in
                if case .string("") = json.value { return "" }
                return try decode(json)
            },
            encode: encode,
            // As a listing shows it.
            read: { $0 == "\"\"" ? JSON(.string("")) : read($0) })
    }

    private static func matching(_ allowed: String, _ accepts: @escaping @Sendable (String) -> Bool) -> Form {
        .spelled(
            allowed,
            parse: { text in
                let printable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
                let isBlank = text.allSatisfy(\.isWhitespace)
                return printable && !isBlank && text.utf8.count <= 4096 && accepts(text) ? text : nil
            },
            write: { $0 })
    }

    private static func isBaseURL(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix), text.utf8.count <= 2048 else {
            return false
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let parts =
            authority.hasPrefix("[")
            ? authority.split(separator: "]:", maxSplits: 1)
            : authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty else { return false }
        if parts.count == 2, !(UInt16(parts[1]).map { $0 > 0 } ?? false) { return false }
        return rest.utf8.allSatisfy { isAlphanumeric($0) || "-._~:/[]%".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
