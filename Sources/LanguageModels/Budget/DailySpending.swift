import Foundation

/// What a day may cost.
public struct SpendingLimit: Sendable, Hashable {
    /// Tokens in and out a day; nil for no limit.
    public var tokens: Int?
    /// US dollars a day; nil for no limit.
    public var dollars: Double?
    /// US dollars for a million tokens.
    public var inputPrice: Double
    public var outputPrice: Double

    public init(tokens: Int? = nil, dollars: Double? = nil, inputPrice: Double = 0, outputPrice: Double = 0) {
        self.tokens = tokens
        self.dollars = dollars
        self.inputPrice = inputPrice
        self.outputPrice = outputPrice
    }

    public func cost(_ usage: TokenUsage) -> Double {
        (Double(usage.input) * inputPrice + Double(usage.output) * outputPrice) / 1_000_000
    }
}

/// What was spent on one day (UTC). A plain value: whoever wants it to outlive the process stores it.
public struct DailySpending: Codable, Sendable, Hashable {
    /// Days since 1970-01-01.
    public private(set) var day: Int
    public private(set) var tokens: Int
    public private(set) var dollars: Double

    public init() {
        day = 0
        tokens = 0
        dollars = 0
    }

    /// Why nothing more may be spent today; nil while it may.
    public func refusal(_ limit: SpendingLimit, at now: Date) -> String? {
        guard day == Self.day(of: now) else { return nil }
        if let most = limit.tokens, tokens >= most { return "\(tokens) of \(most) tokens" }
        if let most = limit.dollars, dollars >= most {
            return String(format: "%.2f of %.2f USD", dollars, most)
        }
        return nil
    }

    public mutating func add(_ usage: TokenUsage, _ limit: SpendingLimit, at now: Date) {
        let today = Self.day(of: now)
        if today != day {
            self = DailySpending()
            day = today
        }
        tokens += usage.total
        dollars += limit.cost(usage)
    }

    private static func day(of date: Date) -> Int { Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) }
}
