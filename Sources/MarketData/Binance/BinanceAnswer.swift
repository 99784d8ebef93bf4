import FoundationEssentials
import Market

/// What an HTTP answer of Binance means.
struct BinanceAnswer {
    let status: Int
    let usedWeight: Int?
    let retryAfterSeconds: Int?
    let body: Data

    /// - Parameter symbol: the one asked for, if any.
    func outcome(host: String, symbol: Symbol?) -> BinancePacing.Outcome {
        if status == 200 { return .answered(usedWeight: usedWeight) }
        if status == 418 { return .banned(retryAfterSeconds: retryAfterSeconds) }
        if status == 429 { return .rateLimited(retryAfterSeconds: retryAfterSeconds) }
        // Both come as a page or with an unhelpful message, by firewalls on the way.
        if status == 403 || status == 451 { return .refused(.blocked(status: status, host: host)) }
        // Any other body than Binance's own is told by its status alone.
        let problem = try? JSONDecoder().decode(Problem.self, from: body)
        switch problem?.code {
        case -1003: return .rateLimited(retryAfterSeconds: retryAfterSeconds)
        case -1000, -1001, -1007, -1008: return .failed(.serverFailure(status: status, host: host))
        case -1121: if let symbol { return .refused(.unknownSymbol(symbol)) }
        default: break
        }
        if status >= 500 { return .failed(.serverFailure(status: status, host: host)) }
        guard let problem else {
            return .refused(.unexpectedAnswer(host: host, reason: "HTTP \(status) without an error in JSON"))
        }
        return .refused(.refused(status: status, code: problem.code, message: Excerpt.of(problem.msg)))
    }

    func decode<Value: Decodable>(_ type: Value.Type, host: String) throws(BinanceError) -> Value {
        do { return try JSONDecoder().decode(type, from: body) } catch let error as DecodingError {
            throw .unexpectedAnswer(host: host, reason: Self.reason(error))
        } catch {
            throw .unexpectedAnswer(host: host, reason: "it is not JSON")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is not JSON"
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
            .keyNotFound(_, let context):
            place(context.codingPath) + Excerpt.of(context.debugDescription)
        @unknown default: "it has an unknown shape"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "" : "at " + path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined() + ": "
    }

    private struct Problem: Decodable {
        let code: Int
        let msg: String
    }
}

struct BinanceTime: Decodable {
    let serverTime: Int64
}

/// One row of `/api/v3/klines`: 12 elements, prices and volumes as strings, times and trades as numbers.
struct BinanceKline: Decodable {
    let candle: Candle

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        let openTime = try row.decode(Int64.self)
        let prices = try (0..<5).map { _ in try Self.decimal(&row) }
        _ = try row.decode(Int64.self)
        let quoteVolume = try Self.decimal(&row)
        let trades = try row.decode(Int64.self)
        let takerBuyBase = try Self.decimal(&row)
        let takerBuyQuote = try Self.decimal(&row)
        _ = try row.decode(String.self)
        guard row.isAtEnd else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "more than 12 elements"))
        }
        candle = Candle(
            openTime: openTime, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume: prices[4],
            quoteVolume: quoteVolume, trades: trades, takerBuyBase: takerBuyBase, takerBuyQuote: takerBuyQuote)
    }

    private static func decimal(_ row: inout any UnkeyedDecodingContainer) throws -> Double {
        let path = row.codingPath
        let text = try row.decode(String.self)
        guard !text.isEmpty, text.utf8.allSatisfy(Ascii.isDecimal), let value = Double(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: path, debugDescription: "“\(Excerpt.of(text))” is not a number"))
        }
        return value
    }
}
