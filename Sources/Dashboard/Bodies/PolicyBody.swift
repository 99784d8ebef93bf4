import Foundation
import Market
import Policies
import Store

/// A version as the API shows it.
struct PolicyBody: Encodable {
    let version: Int
    let name: String
    let state: PolicyState
    let cycle: Int64?
    let parent: Int?
    let createdAt: Date
    let deployedAt: Date?
    /// Of the weights file.
    let sha256: String
    let reason: String?
    private(set) var manifest: Manifest?

    struct Manifest: Encodable {
        let symbols: [String]
        let interval: String
        let synthetic: Bool
        let trainedOn: Window
        let validatedOn: Window
        let seed: UInt64
        let steps: Int
        let costs: CostModel
        let layout: String
        /// Out of sample, by name.
        let metrics: [String: Double]
        /// File name → SHA-256.
        let files: [String: String]
    }

    /// Open times of bars, end exclusive.
    struct Window: Encodable {
        let from: Date
        let to: Date

        init(_ times: Range<Int64>) {
            from = Date(milliseconds: times.lowerBound)
            to = Date(milliseconds: times.upperBound)
        }
    }

    init(_ record: PolicyRecord) {
        version = record.version
        name = record.name
        state = record.state
        cycle = record.cycleId
        parent = record.parent
        createdAt = record.createdAt
        deployedAt = record.deployedAt
        sha256 = record.sha256
        reason = record.reason
    }

    init(_ record: PolicyRecord, manifest: PolicyManifest) {
        self.init(record)
        self.manifest = Manifest(
            symbols: manifest.symbols.map(\.rawValue), interval: manifest.interval.rawValue,
            synthetic: manifest.synthetic, trainedOn: Window(manifest.trainedOn),
            validatedOn: Window(manifest.validatedOn), seed: manifest.seed, steps: manifest.steps,
            costs: manifest.costs, layout: manifest.layout, metrics: manifest.metrics, files: manifest.files)
    }
}
