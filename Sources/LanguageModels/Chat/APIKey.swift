/// The key of a provider. It does not print: descriptions, dumps and mirrors get a stand-in, and it cannot be encoded.
public struct APIKey: Sendable, Hashable {
    /// For the request's header alone.
    let secret: String

    public init(_ text: String) { secret = text }

    /// A key for a server of our own: 128 random bits, drawn by the system.
    static func random() -> APIKey {
        var generator = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef")
        return APIKey(String((0..<32).map { _ in digits[Int.random(in: 0..<16, using: &generator)] }))
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var debugDescription: String { "••••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
