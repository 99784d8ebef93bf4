import Evaluation
import Foundation
import Market

/// What each step leaves behind, as stored with it. A resumed cycle reads these instead of running finished steps again.
enum CycleResults {
    struct Ingest: Codable {
        var newBars: Int
        var source: String
        var synthetic: Bool
        /// The candles this cycle works on: open times, end exclusive. Candles that arrive later belong to the next cycle.
        var window: Range<Int64>
        var bars: Int
        var missingBars: Int
    }

    struct Drift: Codable {
        var largest: Double
        var feature: String
        var level: String
    }

    struct Generate: Codable {
        struct World: Codable {
            var world: String
            var seed: UInt64
            var bars: Int
        }
        var worlds: [World]
    }

    struct Experience: Codable {
        var rows: Int
        var policy: Int?
    }

    struct Train: Codable {
        var policyFile: String
        var sha256: String
        var steps: Int
        var seconds: Double
        var stability: Double
        var parent: Int?
        var curve: [CycleReport.Point]
        var resumed: Bool
        var layout: String
        var trainedOn: Range<Int64>
        /// Nil where one policy was trained.
        var candidates: CycleReport.Candidates?
    }

    struct Validate: Codable {
        var validation: CycleReport.Validation
        var reasons: [CycleReport.Reason]
        var policyDrift: Double?
        var validatedOn: Range<Int64>
        /// For the chart: equity at evenly spaced bars.
        var equity: EquityCurves
    }

    struct EquityCurves: Codable {
        var times: [Int64]
        var challenger: [Double]
        var champion: [Double]?
        var buyAndHold: [Double]
    }

    struct Deploy: Codable {
        var version: Int
        var sha256: String
        var promoted: Bool
        var pruned: [Int]
    }

    struct Report: Codable {
        var chart: String?
    }
}
