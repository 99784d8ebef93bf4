/// The secrets there are, by the name of their credential file.
public enum SecretName: String, Sendable, CaseIterable {
    case telegramBotToken = "telegram_bot_token"
    case httpToken = "http_token"
    case openaiAPIKey = "openai_api_key"
    case mistralAPIKey = "mistral_api_key"
    case anthropicAPIKey = "anthropic_api_key"
    case snowflakePrivateKey = "snowflake_private_key"

    public var environmentName: String { rawValue.uppercased() }

    var meaning: String {
        switch self {
        case .telegramBotToken: "the bot, from @BotFather"
        case .httpToken: "callers of the HTTP API, as `Authorization: Bearer`"
        case .openaiAPIKey: "the LLM provider `openai`"
        case .mistralAPIKey: "the LLM provider `mistral`"
        case .anthropicAPIKey: "the LLM provider `anthropic`"
        case .snowflakePrivateKey: "Snowflake key-pair authentication (PEM)"
        }
    }
}

extension SecretName {
    /// The secret that somebody put where settings stand, told by its name or its looks; nil if it is none.
    static func named(by path: String, value: JSON) -> SecretName? {
        let name = path.lowercased().replacing(".", with: "_").replacing("-", with: "_")
        if let known = allCases.first(where: { name.hasSuffix($0.rawValue) }) { return known }
        if let alias = aliases.first(where: { name == $0.0 }) { return alias.1 }
        switch value.value {
        case .string(let text):
            if text.contains("PRIVATE KEY-----") { return .snowflakePrivateKey }
            return containsBotToken(text) ? .telegramBotToken : nil
        case .array(let elements):
            return elements.lazy.compactMap { named(by: path, value: $0) }.first
        case .object(let members):
            return members.lazy.compactMap { named(by: "\(path).\($0.name)", value: $0.value) }.first
        case .null, .bool, .number:
            return nil
        }
    }

    private static let aliases: [(String, SecretName)] = [
        ("telegram_token", .telegramBotToken), ("bot_token", .telegramBotToken), ("http_api_token", .httpToken),
        ("llm_openai_key", .openaiAPIKey), ("llm_mistral_key", .mistralAPIKey), ("llm_anthropic_key", .anthropicAPIKey),
        ("warehouse_private_key", .snowflakePrivateKey),
    ]

    /// Bot tokens are an id of 6 or more digits, a colon and about 35 letters, digits, `_` and `-`.
    private static func containsBotToken(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return zip(parts, parts.dropFirst()).contains { before, after in
            let digits = before.reversed().prefix { $0.isASCII && $0.isNumber }
            let word = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            return digits.count >= 6 && word.count >= 30
        }
    }

    /// Names where the secret belongs; its value is not repeated.
    func refusal(of path: String) -> String {
        """
        \(path) holds a secret, which does not belong here; put it into the file \(rawValue) in $CREDENTIALS_DIRECTORY \
        (systemd: LoadCredential=) or into the environment variable \(environmentName), and replace it if others could read this.
        """
    }
}
