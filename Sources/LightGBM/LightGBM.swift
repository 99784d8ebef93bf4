/// LightGBM (Ke et al., *LightGBM: a highly efficient gradient boosting decision tree*, NeurIPS 2017), opened at run time.
///
/// ```swift
/// let library = try LightGBM(path: "lib_lightgbm.so")
/// let model = try library.train(rows, columns: 24, labels: labels, settings: BoostingSettings())
/// let probabilities = try model.probabilities(newRows)
/// ```
public final class LightGBM: Sendable {
    public let path: String
    /// Of the models it writes, such as `v4`.
    public let modelVersion: String
    let functions: LibraryFunctions

    /// Opens the library, trains on 200 rows with a known answer and compares.
    ///
    /// - Throws: ``LightGBMError`` when it is absent, of another version or answers wrongly.
    public init(path: String) throws(LightGBMError) {
        self.path = path
        functions = try LibraryFunctions(path: path)
        modelVersion = try Self.selfTest(functions, path: path)
    }

    /// Boosts a classifier of two classes.
    ///
    /// - Parameters:
    ///   - rows: `[rows × columns]`, row after row; NaN is a missing value.
    ///   - labels: `[rows]`, 0 or 1.
    ///   - between: called after each round; what it throws ends the training.
    /// - Throws: ``LightGBMError``, and what `between` throws.
    public func train(
        _ rows: [Float], columns: Int, labels: [Float], settings: BoostingSettings, between: () throws -> Void = {}
    ) throws -> BoostedModel {
        try Self.train(functions, rows, columns: columns, labels: labels, settings: settings, between: between)
    }

    /// Reads a model that ``BoostedModel/text()`` wrote.
    ///
    /// - Throws: ``LightGBMError``.
    public func model(from text: String, columns: Int) throws(LightGBMError) -> BoostedModel {
        try BoostedModel(functions, text: text, columns: columns)
    }

    private static func train(
        _ functions: LibraryFunctions, _ rows: [Float], columns: Int, labels: [Float], settings: BoostingSettings,
        between: () throws -> Void
    ) throws -> BoostedModel {
        guard columns > 0, rows.count == labels.count * columns, labels.count <= Int(Int32.max) else {
            throw LightGBMError.input(
                "\(rows.count) values do not make \(labels.count) rows of \(columns); nothing was trained")
        }
        guard labels.contains(0), labels.contains(1) else {
            throw LightGBMError.input("all \(labels.count) rows have the same answer; nothing was trained")
        }
        var dataset: LibraryFunctions.Handle?
        try functions.check(
            functions.datasetFromMatrix(
                rows, LibraryFunctions.float32, Int32(labels.count), Int32(columns), 1, settings.parameters, nil,
                &dataset), "a table of rows")
        guard let dataset else { throw LightGBMError.call(name: "a table of rows", reason: "no table came back") }
        defer { _ = functions.datasetFree(dataset) }
        try functions.check(
            functions.datasetSetField(
                dataset, "label", labels, CInt(labels.count), LibraryFunctions.float32), "the labels")
        var booster: LibraryFunctions.Handle?
        try functions.check(functions.boosterCreate(dataset, settings.parameters, &booster), "a booster")
        guard let booster else { throw LightGBMError.call(name: "a booster", reason: "no booster came back") }
        let model = BoostedModel(functions, handle: booster, columns: columns)
        for _ in 0..<settings.rounds {
            var isFinished: CInt = 0
            try functions.check(functions.boosterUpdate(booster, &isFinished), "a round of boosting")
            // No split improves anything any more.
            if isFinished != 0 { break }
            try between()
        }
        return model
    }

    /// Learns x ≥ 100 from 0…199 and asks again; a mistyped constant shows here rather than as a plausible wrong number.
    /// - Returns: the version of the models that the library writes.
    private static func selfTest(_ functions: LibraryFunctions, path: String) throws(LightGBMError) -> String {
        let rows = (0..<200).flatMap { [Float($0), Float($0 * 37 % 11)] }
        let labels = (0..<200).map { Float($0 >= 100 ? 1 : 0) }
        var settings = BoostingSettings()
        settings.rounds = 30
        settings.leaves = 4
        do {
            let model = try train(functions, rows, columns: 2, labels: labels, settings: settings) {}
            let text = try model.text()
            let version = text.split(separator: "\n").first { $0.hasPrefix("version=") }?.dropFirst(8) ?? "unknown"
            guard version == "v4" else { throw LightGBMError.otherVersion(path: path, found: String(version)) }
            let answers = try model.probabilities([50, 3, 150, 3])
            guard answers[0] > 0, answers[0] < 0.1, answers[1] > 0.9, answers[1] < 1 else {
                throw LightGBMError.selfTest(path: path, reason: "it answers \(answers) where 0 and 1 were taught")
            }
            let again = try BoostedModel(functions, text: text, columns: 2).probabilities([50, 3, 150, 3])
            guard again == answers else {
                throw LightGBMError.selfTest(path: path, reason: "a model read back answers \(again), not \(answers)")
            }
            return String(version)
        } catch let error as LightGBMError {
            throw error
        } catch {
            throw .selfTest(path: path, reason: "\(error)")
        }
    }
}
