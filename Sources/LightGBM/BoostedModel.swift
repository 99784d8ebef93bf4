/// Boosted trees that tell two classes apart.
public final class BoostedModel: @unchecked Sendable {
    // Sendable: the handle is set once, and LightGBM locks a booster while it predicts or writes itself.
    public let columns: Int
    private let functions: LibraryFunctions
    private let handle: LibraryFunctions.Handle

    init(_ functions: LibraryFunctions, handle: LibraryFunctions.Handle, columns: Int) {
        self.functions = functions
        self.handle = handle
        self.columns = columns
    }

    convenience init(_ functions: LibraryFunctions, text: String, columns: Int) throws(LightGBMError) {
        var handle: LibraryFunctions.Handle?
        var rounds: CInt = 0
        try functions.check(functions.boosterFromText(text, &rounds, &handle), "a stored model")
        guard let handle else { throw .call(name: "a stored model", reason: "no model came back") }
        self.init(functions, handle: handle, columns: columns)
    }

    deinit { _ = functions.boosterFree(handle) }

    /// Probability of class 1 for each row of `[rows × columns]`.
    ///
    /// - Throws: ``LightGBMError``.
    public func probabilities(_ rows: [Float]) throws(LightGBMError) -> [Double] {
        guard rows.count.isMultiple(of: columns) else {
            throw .input("\(rows.count) values do not make whole rows of \(columns)")
        }
        guard !rows.isEmpty else { return [] }
        var answers = [Double](repeating: 0, count: rows.count / columns)
        var written: Int64 = 0
        try functions.check(
            functions.boosterPredict(
                handle, rows, LibraryFunctions.float32, Int32(answers.count), Int32(columns), 1,
                LibraryFunctions.normal, 0, -1, "num_threads=1 verbosity=-1", &written, &answers), "a prediction")
        guard written == Int64(answers.count) else {
            throw .call(name: "a prediction", reason: "\(written) answers to \(answers.count) rows")
        }
        return answers
    }

    /// The model as LightGBM writes it, readable by any LightGBM 4.
    ///
    /// - Throws: ``LightGBMError``.
    public func text() throws(LightGBMError) -> String {
        var needed: Int64 = 0
        try functions.check(functions.boosterToText(handle, 0, -1, 0, 0, &needed, nil), "a copy of the model")
        var buffer = [CChar](repeating: 0, count: Int(needed))
        try functions.check(
            functions.boosterToText(handle, 0, -1, 0, needed, &needed, &buffer), "a copy of the model")
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
