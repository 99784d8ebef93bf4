import Market

/// Why Binance gave no candles. What is stored already stays as it is.
public enum BinanceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No answer: no network, no such host, refused, timed out.
    case unreachable(host: String, reason: String)
    /// HTTP 429 again and again, or with a longer wait than a request may take.
    case rateLimited(retryAfterSeconds: Int)
    /// HTTP 418: the address is banned for having gone on after a 429.
    case banned(retryAfterSeconds: Int)
    /// HTTP 403 or 451: a firewall, or a country Binance does not serve.
    case blocked(status: Int, host: String)
    case unknownSymbol(Symbol)
    /// Any other refusal in Binance's own words.
    case refused(status: Int, code: Int, message: String)
    /// 5xx or a temporary error code that outlasted every retry.
    case serverFailure(status: Int, host: String)
    /// Something else than Binance answered, or its format has changed.
    case unexpectedAnswer(host: String, reason: String)
    case badBaseURL(String)

    /// Whether the same request may succeed in a few seconds.
    var isTemporary: Bool {
        switch self {
        case .unreachable, .serverFailure: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let host, let reason):
            "\(host) cannot be reached (\(reason)). Stored candles are untouched; the next sync goes on where they end."
        case .rateLimited(let seconds):
            "Binance's request limit for this address is used up. Nothing is asked for \(seconds) s; the next sync goes on by itself."
        case .banned(let seconds):
            "Binance has banned this address for \(seconds) s for too many requests. Nothing is asked until then; "
                + "look for other programs that use Binance from here."
        case .blocked(let status, let host):
            "\(host) refuses requests from this network or country (HTTP \(status)). Stored candles are untouched; "
                + "set market.binance_base_url to another host, or import dump files."
        case .unknownSymbol(let symbol): "Binance knows no symbol \(symbol). Check market.symbols."
        case .refused(let status, let code, let message):
            "Binance refused the request: \(message) (HTTP \(status), code \(code))."
        case .serverFailure(let status, let host):
            "\(host) has trouble of its own (HTTP \(status)). Stored candles are untouched; the next sync goes on where they end."
        case .unexpectedAnswer(let host, let reason):
            "\(host) did not answer as Binance does: \(reason). Nothing of the answer was stored; check market.binance_base_url."
        case .badBaseURL(let url):
            "“\(url)” is not a usable market.binance_base_url; it should look like \(BinanceClient.defaultBaseURL)."
        }
    }
}
