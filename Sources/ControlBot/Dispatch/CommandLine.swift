/// A line that begins with a slash, taken apart.
package struct CommandLine: Sendable, Equatable {
    /// Enough for the longest rule of `/strategy add`.
    package static let longestLine = 1_100
    package static let mostArguments = 400

    /// Lower case, without the slash and without the bot's name (`/status@market_bot`).
    package let name: String
    package let arguments: [String]

    /// Nil for text that is not a command.
    package init?(_ text: String) {
        let words = text.prefix(Self.longestLine).split(whereSeparator: \.isWhitespace)
        guard let first = words.first, first.first == "/", first.count > 1 else { return nil }
        name = first.dropFirst().prefix { $0 != "@" }.lowercased()
        guard !name.isEmpty else { return nil }
        arguments = words.dropFirst().prefix(Self.mostArguments).map(String.init)
    }

    package var text: String { (["/" + name] + arguments).joined(separator: " ") }
}
