import Glibc

/// The secrets at hand. None of them is ever part of ``Settings``.
public struct Secrets: Sendable {
    private let values: [SecretName: Secret]

    public init(_ values: [SecretName: Secret] = [:]) { self.values = values }

    public subscript(name: SecretName) -> Secret? { values[name] }

    public var telegramBotToken: Secret? { self[.telegramBotToken] }
    public var httpToken: Secret? { self[.httpToken] }
    public var openaiAPIKey: Secret? { self[.openaiAPIKey] }
    public var mistralAPIKey: Secret? { self[.mistralAPIKey] }
    public var anthropicAPIKey: Secret? { self[.anthropicAPIKey] }
    public var snowflakePrivateKey: Secret? { self[.snowflakePrivateKey] }
}

extension Secrets {
    /// Reads each secret from its file in `credentialsDirectory`, else from its environment variable. White space
    /// around it is dropped; an empty one counts as none.
    ///
    /// - Parameter credentialsDirectory: as systemd names it in `CREDENTIALS_DIRECTORY`; nil to take that variable.
    public static func load(
        environment: [String: String], credentialsDirectory: String? = nil
    ) throws(SecretsError) -> Secrets {
        let directory = credentialsDirectory ?? environment["CREDENTIALS_DIRECTORY"]
        var values: [SecretName: Secret] = [:]
        for name in SecretName.allCases {
            let stored = try directory.flatMap { (directory) throws(SecretsError) in try read(name, in: directory) }
            if let text = stored ?? environment[name.environmentName].map(trimmed), !text.isEmpty {
                guard name.permits(text) else { throw .malformed(name) }
                values[name] = Secret(text)
            }
        }
        return Secrets(values)
    }

    private static func read(_ name: SecretName, in directory: String) throws(SecretsError) -> String? {
        guard !directory.isEmpty else { return nil }
        let path = "\(directory)/\(name.rawValue)"
        do {
            let bytes = try BoundedFile.read(path, limit: 1 << 16)
            guard let text = String(validating: bytes, as: UTF8.self) else { throw SecretsError.malformed(name) }
            let content = trimmed(text)
            return content.isEmpty ? nil : content
        } catch let fault as BoundedFile.Fault {
            if fault.code == ENOENT { return nil }
            throw .unreadable(name, file: path, reason: fault.reason)
        } catch {
            throw .malformed(name)
        }
    }

    private static func trimmed(_ text: String) -> String {
        let tail = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
        return String(tail.reversed())
    }
}

extension SecretName {
    /// A token goes into a URL or a header and so is one line of printable ASCII; only a key in PEM form has lines.
    fileprivate func permits(_ text: String) -> Bool {
        self == .snowflakePrivateKey || text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// Why a secret could not be taken. Never holds the secret.
public enum SecretsError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(SecretName, file: String, reason: String)
    case malformed(SecretName)

    public var description: String {
        switch self {
        case .unreadable(let name, let file, let reason):
            "The secret \(name.rawValue) cannot be read from \(file): \(reason). Nothing was started; let this user read the file, or remove it."
        case .malformed(let name):
            "The secret \(name.rawValue) is not one line of printable characters. Nothing was started; store it again, without quotation marks or spaces."
        }
    }
}
