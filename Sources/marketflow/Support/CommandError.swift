/// Why a command did not do what it was asked, as one sentence for the person who asked.
struct CommandError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }

    /// Throws unless `value` lies in `range`; `option` is named in the sentence.
    static func require<Value: BinaryInteger>(
        _ option: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(CommandError) {
        guard range.contains(value) else {
            throw CommandError("\(option) is \(value), but \(range.lowerBound) to \(range.upperBound) are possible.")
        }
    }
}
