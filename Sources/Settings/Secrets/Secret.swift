/// A text that does not print: not by `print`, `dump`, a mirror, string interpolation or an encoder.
public struct Secret: Sendable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that needs it.
    public func reveal() -> String { text }

    /// Whether `other` is the same text, in a time that does not tell how much of it is.
    public func matches(_ other: String) -> Bool {
        let own = Array(text.utf8)
        let theirs = Array(other.utf8)
        var difference = own.count ^ theirs.count
        for (index, byte) in theirs.enumerated() {
            difference |= Int(byte ^ (own.isEmpty ? 0 : own[index % own.count]))
        }
        return difference == 0
    }

    static let mask = "••••"
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable, Encodable {
    public var description: String { Secret.mask }
    public var debugDescription: String { Secret.mask }
    public var customMirror: Mirror { Mirror(self, children: []) }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Secret.mask)
    }
}
