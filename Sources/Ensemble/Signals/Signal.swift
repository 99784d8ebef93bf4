import Market

/// One model's opinion of one symbol at the close of one bar.
public struct Signal: Sendable, Hashable, Codable {
    /// Flat is no opinion, never an order to close.
    public var side: Exposure
    /// 0…1: how sure the model is of its side; 0 when flat.
    public var confidence: Double
    /// A few words for a person. Made once and shared, since there is a signal for every bar.
    public var reason: String

    public init(_ side: Exposure, confidence: Double, reason: String) {
        self.side = side
        self.confidence = confidence
        self.reason = reason
    }

    /// No opinion.
    public static func flat(_ reason: String) -> Signal { Signal(.flat, confidence: 0, reason: reason) }

    /// A side with a number from 0 to 1.
    var isSound: Bool { confidence >= 0 && confidence <= 1 }
}
