import Foundation
import LanguageModels
import PromptText

/// What a language model thinks of the next bars: the vote of `mistral_ai`. Asked for on its own, never together with an explanation.
public struct MarketSignal: Sendable, Hashable, Codable {
    public enum Side: String, Sendable, Hashable, Codable, CaseIterable {
        case long, flat, short
    }

    public enum Confidence: String, Sendable, Hashable, Codable, CaseIterable {
        case low, medium, high
    }

    public var side: Side
    public var confidence: Confidence

    public init(side: Side, confidence: Confidence) {
        self.side = side
        self.confidence = confidence
    }

    /// Nil for anything but the JSON that was asked for.
    public init?(json text: String) {
        // What is no JSON is no signal.
        guard let json = try? JSONValue(parsing: text.utf8), json.members?.count == 2,
            let side = json["side"]?.string.flatMap(Side.init),
            let confidence = json["confidence"]?.string.flatMap(Confidence.init)
        else { return nil }
        self.init(side: side, confidence: confidence)
    }
}

/// A compact picture of one market, all from closed candles.
public struct MarketDigest: Sendable, Hashable {
    public struct Indicator: Sendable, Hashable {
        /// Lower-case words of ours: `return over a day`.
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public static let mostIndicators = 24

    public var symbol: String
    public var interval: String
    public var indicators: [Indicator]

    /// What is not finite and what is too much is left out.
    public init(symbol: String, interval: String, indicators: [Indicator]) {
        self.symbol = String(symbol.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(20))
        self.interval = interval
        self.indicators = Array(indicators.filter(\.value.isFinite).prefix(Self.mostIndicators))
    }

    /// Four significant digits: more tell a model nothing.
    var text: String {
        let members = indicators.map { JSONValue.Member($0.name, .string(String(format: "%.4g", $0.value))) }
        return JSONValue.object([
            .init("symbol", .string(symbol)), .init("interval", .string(interval)),
            .init("indicators", .object(members)),
        ]).text
    }
}

extension MarketSignal {
    /// Asks a model for its vote.
    ///
    /// - Returns: nil when there is no usable answer: who does not answer in time abstains.
    public static func ask(
        _ model: any ChatModel, about digest: MarketDigest, timeout: Duration = .seconds(30)
    ) async -> MarketSignal? {
        // The built-in schema is read by a test; without it there is no vote.
        guard let schema = try? PromptBook.schema(PromptText.signalSchema) else { return nil }
        let request = ChatRequest(
            system: PromptBook.signal, messages: [.init(.user, digest.text)],
            format: OutputFormat(name: "signal", schema: schema), maxTokens: 40, temperature: 0, deadline: timeout)
        // An abstention needs no reason; the chain counts failures.
        guard let response = try? await model.respond(to: request), response.finishReason == .stop else { return nil }
        return MarketSignal(json: response.text)
    }
}
