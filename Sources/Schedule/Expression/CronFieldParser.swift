/// Reads one field of a cron expression: lists, ranges, steps and names. Day marks (`L`, `W`, `#`) are ``DayRule``'s.
struct CronFieldParser {
    let field: CronField
    let text: String

    init(_ field: CronField, _ text: String) {
        self.field = field
        self.text = text
    }

    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    func fault(_ item: some StringProtocol, _ problem: String) -> CronError {
        .field(field, text: text, item: String(item), problem: problem)
    }

    var items: [Substring] { text.split(separator: ",", omittingEmptySubsequences: false) }

    func values() throws(CronError) -> CronSet {
        var set = CronSet()
        for item in items { try add(item, to: &set) }
        return set
    }

    /// Adds the values of one list item. Weekday 7 is stored as 0.
    func add(_ item: Substring, to set: inout CronSet) throws(CronError) {
        guard !item.isEmpty else { throw fault("", "an entry of the list is empty") }
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let step = parts.count == 2 ? try self.step(parts[1], in: item) : 1
        var (first, last) = try bounds(parts[0])
        if parts.count == 2, first == last, parts[0] != "*", !parts[0].contains("-") { last = wholeField.upperBound }
        for value in stride(from: first, through: last, by: step) {
            set.insert(field == .dayOfWeek && value == 7 ? 0 : value)
        }
    }

    /// What `*` selects: 0…6 for weekdays, where 7 would be Sunday again.
    private var wholeField: ClosedRange<Int> { field == .dayOfWeek ? 0...6 : field.range }

    private func step(_ text: Substring, in item: Substring) throws(CronError) -> Int {
        guard let step = Self.number(text) else { throw fault(item, "has no whole number after \"/\"") }
        guard step > 0 else { throw fault(item, "has the step 0, and steps begin at 1") }
        guard step <= wholeField.count else {
            throw fault(item, "has the step \(step), and the field has only \(wholeField.count) values")
        }
        return step
    }

    private func bounds(_ base: Substring) throws(CronError) -> (Int, Int) {
        if base == "*" { return (wholeField.lowerBound, wholeField.upperBound) }
        let ends = base.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else {
            let single = try value(base)
            return (single, single)
        }
        let first = try value(ends[0])
        var last = try value(ends[1])
        if field == .dayOfWeek, last == 0, first > 0 { last = 7 }
        guard first <= last else {
            throw fault(
                base,
                "runs backwards; write it as two ranges, \"\(first)-\(wholeField.upperBound),\(wholeField.lowerBound)-\(last)\""
            )
        }
        return (first, last)
    }

    /// A number or name of the field, in range.
    func value(_ text: Substring) throws(CronError) -> Int {
        if let number = Self.number(text) {
            guard field.range.contains(number) else {
                throw fault(text, "is outside \(field.range.lowerBound)–\(field.range.upperBound)")
            }
            return number
        }
        let name = text.lowercased()
        if field == .month, let index = Self.monthNames.firstIndex(of: name) { return index + 1 }
        if field == .dayOfWeek, let index = Self.weekdayNames.firstIndex(of: name) { return index }
        throw fault(text, text.isEmpty ? "a number is missing" : "is not understood")
    }

    /// ASCII digits only, few enough not to overflow; no sign.
    static func number(_ text: some StringProtocol) -> Int? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
