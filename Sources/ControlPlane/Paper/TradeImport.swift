import Foundation
import Market
import Store

/// Closed trades of a user's own bot, as files and requests bring them.
public struct TradeImport: Sendable, Equatable {
    /// Rows read, in their order.
    public let rows: [Row]

    public struct Row: Sendable, Equatable {
        /// Where it stood: line of a file, place in a list.
        public let place: Int
        public var symbol: Symbol
        /// `.long` or `.short`.
        public var side: Exposure
        public var entryAt: Date
        public var exitAt: Date
        public var entryPrice: Double
        public var exitPrice: Double
        /// Fractions of the value that was traded on each side.
        public var entryFee: Double
        public var exitFee: Double
        public var exitReason: String
    }

    public static let most = 100_000
    public static let nothing = "Nothing was stored."

    /// Whether a bot may be called so: 1 to 32 small letters, digits, `_` or `-`, and none of our own sources.
    public static func isSource(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45
        }
        return isPlain && (1...32).contains(name.utf8.count) && !["paper", EnsemblePaperTrader.source].contains(name)
    }

    /// Reads a table as it comes out of a bot: CSV with a header, a JSON list of objects, or freqtrade's export, whose names
    /// for things are understood beside the plain ones.
    ///
    /// - Parameter fee: of a side, as a fraction, where the file says none.
    /// - Throws: ``TradeImportError`` naming the first row that cannot be used.
    public init(_ data: Data, fee: Double) throws(TradeImportError) {
        guard let text = String(data: data, encoding: .utf8) else { throw .notText }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let table = trimmed.first.map { "[{".contains($0) } == true ? try Self.json(data) : try Self.csv(text)
        try self.init(table, fee: fee)
    }

    init(_ table: [(place: Int, fields: [String: String])], fee: Double) throws(TradeImportError) {
        guard !table.isEmpty else { throw .empty }
        guard table.count <= Self.most else { throw .tooMany(table.count) }
        var rows: [Row] = []
        var latest: [Symbol: Row] = [:]
        for (place, fields) in table {
            let row = try Row(fields, place: place, fee: fee)
            if let before = latest[row.symbol] {
                guard row.entryAt >= before.entryAt else { throw .outOfOrder(place: place, before: before.place) }
                guard row.entryAt >= before.exitAt else { throw .overlapping(place: place, other: before.place) }
            }
            latest[row.symbol] = row
            rows.append(row)
        }
        self.rows = rows
    }

    // MARK: Forms

    private static func csv(_ text: String) throws(TradeImportError) -> [(place: Int, fields: [String: String])] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { (number: $0.offset + 1, cells: cells($0.element)) }
            .filter { $0.cells.contains { !$0.isEmpty } }
        guard let header = lines.first else { throw .empty }
        var table: [(place: Int, fields: [String: String])] = []
        for (number, cells) in lines.dropFirst() {
            guard cells.count == header.cells.count else {
                throw .columns(place: number, got: cells.count, wanted: header.cells.count)
            }
            let fields = zip(header.cells.map { $0.lowercased() }, cells)
            table.append((number, Dictionary(fields) { first, _ in first }))
        }
        return table
    }

    /// Commas part cells, quotation marks hold them together.
    private static func cells(_ line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line where character != "\r" {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static func json(_ data: Data) throws(TradeImportError) -> [(place: Int, fields: [String: String])] {
        let value: Any
        do { value = try JSONSerialization.jsonObject(with: data) } catch {
            throw .notJSON("\(error.localizedDescription)")
        }
        guard let list = trades(in: value) else { throw .noList }
        return list.enumerated().map { (place: $0.offset + 1, fields: $0.element.compactMapValues(text)) }
    }

    /// The list itself, the one under `trades`, or that of the only strategy in a back-test's export.
    private static func trades(in value: Any) -> [[String: Any]]? {
        if let list = value as? [[String: Any]] { return list }
        guard let object = value as? [String: Any] else { return nil }
        if let list = object["trades"] as? [[String: Any]] { return list }
        if let strategies = object["strategy"] as? [String: Any], strategies.count == 1,
            let only = strategies.values.first
        {
            return trades(in: only)
        }
        return object["entry_price"] != nil || object["open_rate"] != nil ? [object] : nil
    }

    private static func text(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case let number as NSNumber: isFlag(number) ? (number.boolValue ? "true" : "false") : "\(number)"
        default: nil
        }
    }

    /// JSON's true and false come as numbers of their own kind.
    private static func isFlag(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

extension TradeImport.Row {
    init(_ fields: [String: String], place: Int, fee: Double) throws(TradeImportError) {
        func field(_ names: String...) -> String? { names.lazy.compactMap { fields[$0] }.first { !$0.isEmpty } }
        func required(_ value: String?, _ name: String) throws(TradeImportError) -> String {
            guard let value else { throw .missing(place: place, field: name) }
            return value
        }
        func number(_ text: String, _ name: String, above least: Double) throws(TradeImportError) -> Double {
            guard let value = Double(text), value.isFinite, value > least else {
                throw .value(place: place, field: name, text: text)
            }
            return value
        }
        self.place = place
        let pair = try required(field("symbol", "pair"), "symbol")
        guard let symbol = Symbol(rawValue: pair.prefix { $0 != ":" }.filter { $0 != "/" && $0 != "-" }.uppercased())
        else {
            throw .value(place: place, field: "symbol", text: pair)
        }
        self.symbol = symbol
        let short = field("is_short", "side", "direction", "trade_direction") ?? "long"
        switch short.lowercased() {
        case "long", "buy", "false", "0": side = .long
        case "short", "sell", "true", "1": side = .short
        default: throw .value(place: place, field: "side", text: short)
        }
        let opened = try required(field("entry_at", "entry_time", "open_timestamp", "open_date"), "entry_at")
        let closed = try required(field("exit_at", "exit_time", "close_timestamp", "close_date"), "exit_at")
        guard let entry = Self.moment(opened) else { throw .value(place: place, field: "entry_at", text: opened) }
        guard let exit = Self.moment(closed) else { throw .value(place: place, field: "exit_at", text: closed) }
        guard exit >= entry else { throw .backwards(place: place) }
        (entryAt, exitAt) = (entry, exit)
        entryPrice = try number(try required(field("entry_price", "open_rate"), "entry_price"), "entry_price", above: 0)
        exitPrice = try number(try required(field("exit_price", "close_rate"), "exit_price"), "exit_price", above: 0)
        entryFee = try number(field("entry_fee", "fee_open", "fee") ?? "\(fee)", "entry_fee", above: -1e-12)
        exitFee = try number(field("exit_fee", "fee_close", "fee") ?? "\(fee)", "exit_fee", above: -1e-12)
        guard entryFee < 0.5, exitFee < 0.5 else {
            throw .value(place: place, field: "fee", text: "\(max(entryFee, exitFee))")
        }
        exitReason = String((field("exit_reason", "sell_reason") ?? "unknown").prefix(64))
    }

    /// ISO 8601 with or without zone (then UTC), a space in place of the T, or UTC milliseconds or seconds.
    private static func moment(_ text: String) -> Date? {
        if let number = Double(text), number > 0 {
            return Date(timeIntervalSince1970: number > 1e11 ? number / 1000 : number)
        }
        var form = text.replacing(" ", with: "T")
        if form.count == 10 { form += "T00:00:00" }
        let time = form.dropFirst(10)
        if !time.contains("Z"), !time.contains("+"), !time.contains("-") { form += "Z" }
        if form.hasSuffix("+00:00") { form = form.dropLast(6) + "Z" }
        // Fractions of a second, if there are any.
        let precise = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return try? Date(form, strategy: form.contains(".") ? precise : .iso8601)
    }
}

/// Why trades were not taken. Nothing was stored.
public enum TradeImportError: Error, Sendable, Equatable, CustomStringConvertible {
    case notText
    case empty
    case tooMany(Int)
    case notJSON(String)
    case noList
    case columns(place: Int, got: Int, wanted: Int)
    case missing(place: Int, field: String)
    case value(place: Int, field: String, text: String)
    case backwards(place: Int)
    case outOfOrder(place: Int, before: Int)
    case overlapping(place: Int, other: Int)
    case overlapsStored(place: Int, trade: Int64)

    public var description: String {
        what + "; nothing was stored"
    }

    private var what: String {
        switch self {
        case .notText: "this is no UTF-8 text"
        case .empty: "there are no trades in it"
        case .tooMany(let count): "\(count) trades are more than the \(TradeImport.most) that are taken at once"
        case .notJSON(let reason): "it begins like JSON and is none (\(reason))"
        case .noList:
            "it holds no list of trades; a list of objects, one under “trades”, or freqtrade's export is understood"
        case .columns(let place, let got, let wanted): "row \(place) has \(got) columns and the header \(wanted)"
        case .missing(let place, let field): "row \(place) has no \(field)"
        case .value(let place, let field, let text): "row \(place): “\(text.prefix(40))” is no \(field)"
        case .backwards(let place): "row \(place) was left before it was entered"
        case .outOfOrder(let place, let before):
            "row \(place) was entered before row \(before) of the same symbol, so the rows are out of order; sort them by entry"
        case .overlapping(let place, let other):
            "row \(place) was entered while row \(other) of the same symbol was still open, and a symbol has one position at a time"
        case .overlapsStored(let place, let trade):
            "row \(place) overlaps trade \(trade) of the same source and symbol, which is stored already"
        }
    }
}

extension ControlPlane {
    /// What became of an import.
    public struct ImportedTrades: Codable, Sendable, Equatable {
        /// Numbers of the new trades.
        public var stored: [Int64]
        /// Rows that were stored before, just so.
        public var known: Int
    }

    /// Stores all rows or none, in the caller's transaction; those closed within a day are told as new trades.
    ///
    /// - Parameter source: the bot's name.
    /// - Throws: ``TradeImportError/overlapsStored(place:trade:)``.
    public func store(
        _ trades: TradeImport, source: String, in transaction: Transaction
    ) throws -> ImportedTrades {
        let moment = now()
        var result = ImportedTrades(stored: [], known: 0)
        for row in trades.rows {
            let trade = TradeRow(row, source: source, interval: configuration.market.interval, at: moment)
            if let other = try transaction.overlapping(trade) {
                guard other.entryAt == trade.entryAt, other.exitAt == trade.exitAt, other.side == trade.side else {
                    throw TradeImportError.overlapsStored(place: row.place, trade: other.id)
                }
                result.known += 1
                continue
            }
            guard let id = try transaction.insert(trade) else {
                result.known += 1
                continue
            }
            result.stored.append(id)
            if moment.timeIntervalSince(row.exitAt) < 86_400 {
                try transaction.tell(
                    .tradeClosed(trade.notice(id: id, lossThreshold: configuration.lossThreshold)), at: moment)
            }
        }
        return result
    }
}

extension TradeRow {
    init(_ row: TradeImport.Row, source: String, interval: Interval, at moment: Date) {
        let growth = row.exitPrice / row.entryPrice
        let gross = row.side.sign * (growth - 1)
        let fees = row.entryFee + row.exitFee * growth
        let bars = Int(row.exitAt.timeIntervalSince(row.entryAt) * 1000 / Double(interval.milliseconds))
        self.init(
            source: source, policyVersion: nil, symbol: row.symbol.rawValue, interval: interval.rawValue,
            synthetic: false, side: row.side.description, entryAt: row.entryAt, exitAt: row.exitAt,
            entryPrice: row.entryPrice, exitPrice: row.exitPrice, grossReturn: gross, fees: fees, slippage: 0,
            netReturn: gross - fees, bars: bars, exitReason: row.exitReason, detail: "{}", recordedAt: moment)
    }
}
