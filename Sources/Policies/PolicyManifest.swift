import Foundation
import Market
import Simulation

/// What a version is and where it comes from; stands as `manifest.json` beside its weights.
public struct PolicyManifest: Codable, Sendable, Equatable {
    public var format = 1
    public var version: Int
    public var name: String { "RL-Agent-v\(version)" }
    /// The version it was warm-started from.
    public var parent: Int?
    public var createdAt: Date
    public var symbols: [Symbol]
    public var interval: Interval
    /// True when it learned from simulated candles only.
    public var synthetic: Bool
    /// Bars it learned from, as open times (UTC milliseconds, end exclusive).
    public var trainedOn: Range<Int64>
    /// Bars it was judged on, never learned from.
    public var validatedOn: Range<Int64>
    public var seed: UInt64
    public var steps: Int
    public var costs: CostModel
    /// Stop and target it traded with; nil for none.
    public var protection: Protection?
    /// Name of the observation layout it reads.
    public var layout: String
    /// Out-of-sample figures by name.
    public var metrics: [String: Double]
    /// File name → SHA-256.
    public var files: [String: String]

    public init(
        version: Int, parent: Int?, createdAt: Date, symbols: [Symbol], interval: Interval, synthetic: Bool,
        trainedOn: Range<Int64>, validatedOn: Range<Int64>, seed: UInt64, steps: Int, costs: CostModel,
        protection: Protection = .none, layout: String, metrics: [String: Double], files: [String: String] = [:]
    ) {
        self.version = version
        self.parent = parent
        self.createdAt = createdAt
        self.symbols = symbols
        self.interval = interval
        self.synthetic = synthetic
        self.trainedOn = trainedOn
        self.validatedOn = validatedOn
        self.seed = seed
        self.steps = steps
        self.costs = costs
        self.protection = protection == .none ? nil : protection
        self.layout = layout
        self.metrics = metrics
        self.files = files
    }

    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }

    /// The manifest as JSON text.
    public func encoded() throws -> Data { try Self.encoder.encode(self) }

    public init(decoding data: Data) throws { self = try Self.decoder.decode(Self.self, from: data) }
}
