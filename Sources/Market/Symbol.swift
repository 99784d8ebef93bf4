/// A traded pair as Binance names it, for example `BTCUSDT`.
public struct Symbol: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// Nil unless `rawValue` is 2 to 20 upper-case ASCII letters and digits, so that it is safe in a path, a URL and a message.
    public init?(rawValue: String) {
        let allowed = rawValue.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) }
        guard allowed, (2...20).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    public static func < (left: Symbol, right: Symbol) -> Bool { left.rawValue < right.rawValue }
    public var description: String { rawValue }
}

extension Symbol: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let symbol = Symbol(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "“\(text)” is not a symbol like BTCUSDT"))
        }
        self = symbol
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
