/// The secret a bot signs its requests with. It does not print: descriptions, dumps, mirrors and encoders get a stand-in.
public struct BotToken: Sendable, Hashable {
    /// For the request path alone.
    let secret: String
    /// The part before the colon: the bot's user id, which everyone may know.
    public let botID: Int64

    /// - Throws: ``BotTokenError`` when the form is wrong; the message never repeats the token.
    public init(_ text: String) throws(BotTokenError) {
        let trimmed = text.trimmingWhitespace()
        guard !trimmed.isEmpty else { throw .empty }
        let halves = trimmed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { throw .malformed("it has no colon") }
        guard !halves[0].isEmpty, halves[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            !halves[0].hasPrefix("0"), let id = Int64(halves[0])
        else { throw .malformed("what stands before the colon is not a bot's number") }
        guard !halves[1].isEmpty else { throw .malformed("nothing stands after the colon") }
        guard halves[1].utf8.allSatisfy(Self.isSecretByte) else {
            throw .malformed("after the colon only letters, digits, - and _ are allowed")
        }
        guard trimmed.utf8.count <= 80 else { throw .malformed("it is longer than 80 characters") }
        self.secret = trimmed
        self.botID = id
    }

    private static func isSecretByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }

    /// Tells tokens apart (in a lock file, in a log) without giving them away: the bot's id and 32 bits of an FNV-1a
    /// hash, far too few to find the token from.
    public var fingerprint: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in secret.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let folded = UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
        let digits = String(folded, radix: 16)
        return "\(botID)-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// `text` without the token, whole or its secret half, for texts that come from elsewhere.
    func redacting(_ text: String) -> String {
        let whole = secret.unicodeScalars
        var scalars = text.unicodeScalars
        for part in [whole[...], whole.drop { $0 != ":" }.dropFirst()] {
            scalars.replace(part, with: Self.standIn.unicodeScalars)
        }
        return String(scalars)
    }

    private static let standIn = "<bot token>"
}

extension BotToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable, Encodable {
    public var description: String { Self.standIn }
    public var debugDescription: String { Self.standIn }
    public var customMirror: Mirror { Mirror(self, children: []) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Self.standIn)
    }
}

/// Why a text cannot be a bot token.
public enum BotTokenError: Error, Sendable, Hashable, CustomStringConvertible {
    case empty
    case malformed(String)

    public var description: String {
        switch self {
        case .empty:
            "The bot token is empty. Get one from @BotFather; it looks like 123456789:AbC-dEf_…"
        case .malformed(let reason):
            "The bot token is malformed: \(reason). Copy it again from @BotFather; it looks like 123456789:AbC-dEf_…"
        }
    }
}
