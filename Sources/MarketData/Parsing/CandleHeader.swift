/// The optional first line that names the columns.
enum CandleHeader {
    static let line =
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"

    /// Whether `line` can only be a header: a row begins with a digit or a sign.
    static func isHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        return first == UInt8(ascii: "\"") || first == UInt8(ascii: "_") || first == UInt8(ascii: "#")
            || (65...90).contains(first) || (97...122).contains(first)
    }

    /// Whether the columns after the first, whose name varies, are open, high, low, close, volume.
    static func hasKnownOrder(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        let names = String(decoding: line, as: UTF8.self).lowercased().split(
            separator: ",", omittingEmptySubsequences: false
        )
        .map { name in name.filter { $0.isLetter } }
        return Array(names.dropFirst().prefix(5)) == ["open", "high", "low", "close", "volume"]
    }
}
