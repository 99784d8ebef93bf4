/// How far the inputs of a policy have moved from what it was trained on.
public struct DriftReport: Sendable, Hashable, Codable {
    public enum Level: String, Sendable, Hashable, Codable {
        case steady
        case warning
        case action
    }

    public struct Feature: Sendable, Hashable, Codable {
        public let name: String
        /// Population stability index.
        public let psi: Double
        public let level: Level
    }

    /// PSI from which a feature is worth a warning, and from which something must be done: the customary figures.
    public static let warnAt = 0.1
    public static let actAt = 0.25

    /// In the order of the columns.
    public let features: [Feature]
    /// Of the feature that moved most.
    public let level: Level

    public var worst: Feature? { features.max { $0.psi < $1.psi } }
    public var meanPSI: Double { features.isEmpty ? 0 : features.map(\.psi).reduce(0, +) / Double(features.count) }

    /// - Parameters:
    ///   - names: one a column.
    ///   - reference: `[rows × names.count]`, row by row: what was trained on.
    ///   - current: `[rows × names.count]`, row by row: what is seen now.
    /// - Throws: ``EvaluationError`` for ragged or empty tables and values that are not finite; it names the feature.
    public init(names: [String], reference: [Float], current: [Float], bins: Int = 10) throws(EvaluationError) {
        let columns = names.count
        for (table, label) in [(reference, "the reference table"), (current, "the current table")] {
            guard columns > 0, !table.isEmpty, table.count.isMultiple(of: columns) else {
                throw .lengthsDiffer(
                    first: label, count: table.count, second: "whole rows of features", otherCount: columns)
            }
        }
        var features: [Feature] = []
        for (column, name) in names.enumerated() {
            let before = stride(from: column, to: reference.count, by: columns).map { Double(reference[$0]) }
            let now = stride(from: column, to: current.count, by: columns).map { Double(current[$0]) }
            try EvaluationError.requireFinite(before, "feature \(name) in the reference")
            try EvaluationError.requireFinite(now, "feature \(name) now")
            let psi = try PopulationStability(reference: before, bins: bins).index(of: now)
            features.append(Feature(name: name, psi: psi, level: Self.level(psi)))
        }
        self.features = features
        level = Self.level(features.map(\.psi).max() ?? 0)
    }

    private static func level(_ psi: Double) -> Level {
        psi >= actAt ? .action : psi >= warnAt ? .warning : .steady
    }
}
