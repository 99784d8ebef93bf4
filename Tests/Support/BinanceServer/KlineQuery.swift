/// The parameters of `/api/v3/klines`, checked as Binance checks them.
struct KlineQuery {
    let symbol: String
    let interval: String
    let length: Int64
    let startTime: Int64?
    let endTime: Int64?
    let limit: Int

    private static let known: Set = ["symbol", "interval", "startTime", "endTime", "timeZone", "limit"]

    init(_ parameters: [String: String], symbols: Set<String>) throws(Refusal) {
        let read = parameters.keys.count { Self.known.contains($0) }
        guard read == parameters.count else {
            throw Refusal(
                -1104,
                "Not all sent parameters were read; read '\(read)' parameter(s) but was sent '\(parameters.count)'.")
        }
        guard let symbol = parameters["symbol"], !symbol.isEmpty else { throw .mandatory("symbol") }
        let isLegal = symbol.utf8.allSatisfy { byte in
            (65...90).contains(byte) || (48...57).contains(byte) || [45, 46, 95].contains(byte)
        }
        guard isLegal, symbol.count <= 20 else { throw .illegal("symbol", range: "^[A-Z0-9-_.]{1,20}$") }
        guard let interval = parameters["interval"], !interval.isEmpty else { throw .mandatory("interval") }
        guard let length = Series.milliseconds(of: interval) else { throw Refusal(-1120, "Invalid interval.") }
        startTime = try Self.number("startTime", parameters)
        endTime = try Self.number("endTime", parameters)
        // More than 1000 is served as 1000.
        let limit = try Self.number("limit", parameters) ?? 500
        guard limit > 0 else { throw Refusal(-1130, "Data sent for parameter 'limit' is not valid.") }
        guard symbols.contains(symbol) else { throw Refusal(-1121, "Invalid symbol.") }
        self.symbol = symbol
        self.interval = interval
        self.length = length
        self.limit = Int(min(limit, 1000))
    }

    /// Without times the latest; with a start the first from there; with only an end the latest up to it.
    func select(from klines: [Kline]) -> ArraySlice<Kline> {
        let matching = klines.filter { $0.openTime >= startTime ?? .min && $0.openTime <= endTime ?? .max }
        return startTime == nil ? matching.suffix(limit) : matching.prefix(limit)
    }

    private static func number(_ name: String, _ parameters: [String: String]) throws(Refusal) -> Int64? {
        guard let text = parameters[name] else { return nil }
        guard let number = Int64(text), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw .illegal(name, range: "^[0-9]{1,20}$")
        }
        return number
    }
}
