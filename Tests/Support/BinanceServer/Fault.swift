import Hummingbird

/// How one request fails.
public enum Fault: Sendable {
    case answer(status: Int, headers: [String: String] = [:], body: String)
    /// The connection is closed before anything is answered.
    case droppedConnection
    /// The head and the beginning of the body are sent, then the connection is closed.
    case cutOffBody
    /// A right answer, late.
    case slow(Duration)
    /// A right answer that claims so much used weight.
    case usedWeight(Int)

    public static func rateLimited(retryAfter: Int?) -> Fault {
        .answer(
            status: 429, headers: header(retryAfter),
            body: Refusal.body(
                -1003,
                "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
                    + "Please use WebSocket Streams for live updates to avoid polling the API."))
    }

    public static func banned(retryAfter: Int?) -> Fault {
        .answer(
            status: 418, headers: header(retryAfter),
            body: Refusal.body(
                -1003,
                "Way too much request weight used; IP banned until 1660090423228. "
                    + "Please use WebSocket Streams for live updates to avoid bans."))
    }

    /// The web firewall's page.
    public static var forbidden: Fault { page(403, "ERROR: The request could not be satisfied") }

    public static var restrictedLocation: Fault { page(451, "Service unavailable from a restricted location") }

    public static func serverError(_ status: Int) -> Fault { page(status, "Bad gateway") }

    public static func error(status: Int, code: Int, message: String) -> Fault {
        .answer(status: status, body: Refusal.body(code, message))
    }

    /// HTTP 200 with a body that is not what was asked for.
    public static func garbage(_ body: String) -> Fault { .answer(status: 200, body: body) }

    private static func page(_ status: Int, _ title: String) -> Fault {
        .answer(
            status: status, headers: ["Content-Type": "text/html"],
            body: "<!DOCTYPE html><html><head><title>\(title)</title></head><body><h1>\(title)</h1></body></html>")
    }

    private static func header(_ retryAfter: Int?) -> [String: String] {
        retryAfter.map { ["Retry-After": "\($0)"] } ?? [:]
    }
}

/// A refusal in Binance's form; the texts are those of its error code list.
struct Refusal: Error {
    let status: HTTPResponse.Status
    let code: Int
    let message: String

    init(_ code: Int, _ message: String, status: HTTPResponse.Status = .badRequest) {
        self.status = status
        self.code = code
        self.message = message
    }

    static func mandatory(_ name: String) -> Refusal {
        Refusal(-1102, "Mandatory parameter '\(name)' was not sent, was empty/null, or malformed.")
    }

    static func illegal(_ name: String, range: String) -> Refusal {
        Refusal(-1100, "Illegal characters found in parameter '\(name)'; legal range is '\(range)'.")
    }

    static func body(_ code: Int, _ message: String) -> String { #"{"code":\#(code),"msg":"\#(message)"}"# }
}
