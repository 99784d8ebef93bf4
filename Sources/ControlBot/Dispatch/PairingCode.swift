import Foundation

/// One-time words: codes that let a person in, and the words that buttons carry.
enum PairingCode {
    /// A code works this long, in seconds.
    static let lifetime: TimeInterval = 3600

    /// Letters and digits that are not mistaken for each other.
    private static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTUVWXYZ")

    /// `7F3K-9QWM`: 40 random bits, drawn by the system.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = (0..<8).map { _ in alphabet.randomElement(using: &generator) ?? "X" }
        return String(letters[..<4]) + "-" + String(letters[4...])
    }

    /// As typed by a person: case, spaces and the dash do not matter.
    static func normalised(_ text: String) -> String {
        let letters = text.uppercased().filter { $0.isLetter || $0.isNumber }
        guard letters.count == 8 else { return letters }
        return "\(letters.prefix(4))-\(letters.suffix(4))"
    }
}

enum ButtonToken {
    /// 16 characters of URL-safe base 64: 96 random bits, drawn by the system.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }
}
