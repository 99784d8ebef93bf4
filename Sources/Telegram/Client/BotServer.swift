/// Where a Bot API server answers: Telegram's own, one's own, or a stand-in for tests.
public struct BotServer: Sendable, Hashable {
    /// Without a slash at the end.
    public let baseURL: String

    public static let telegram = BotServer(checked: "https://api.telegram.org")

    /// - Throws: ``BotServerError`` unless `text` is an `http` or `https` address without query or fragment.
    public init(_ text: String) throws(BotServerError) {
        var address = text.trimmingWhitespace()
        while address.hasSuffix("/") { address.removeLast() }
        guard let scheme = ["https://", "http://"].first(where: { address.lowercased().hasPrefix($0) }),
            address.utf8.count > scheme.utf8.count,
            address.dropFirst(scheme.count).first != "/",
            address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !address.contains(where: { "?#@\\".contains($0) })
        else { throw BotServerError() }
        baseURL = address
    }

    private init(checked baseURL: String) { self.baseURL = baseURL }
}

public struct BotServerError: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String {
        "The Bot API address must be an http or https address without query, such as https://api.telegram.org."
    }
}

extension String {
    func trimmingWhitespace() -> String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
