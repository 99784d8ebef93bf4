import Foundation
import Market
import Neural
import Policies
import Reinforcement
import Simulation

/// A folder of its own, gone with the test.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("policies-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    // What is left behind in the temporary folder harms nobody.
    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ path: String) -> URL { url.appendingPathComponent(path) }
    func names(_ path: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(path).path).sorted()
    }
}

/// A small policy that reads the trading layout; its weights follow from `seed`.
func policy(seed: UInt64) throws -> ActorCritic {
    let architecture = ActorCritic.Architecture(
        observationSize: ObservationLayout.trading1.size, actionChoices: [3], policyLayers: [8], valueLayers: [8])
    return try ActorCritic(architecture, random: RandomStream(seed: seed))
}

func manifest(_ version: Int) -> PolicyManifest {
    PolicyManifest(
        version: version, parent: version > 1 ? version - 1 : nil,
        createdAt: Date(timeIntervalSince1970: 1_709_294_400),
        symbols: [Symbol(rawValue: "BTCUSDT")].compactMap { $0 }, interval: .oneHour, synthetic: true,
        trainedOn: 1_700_000_000_000..<1_700_086_400_000, validatedOn: 1_700_090_000_000..<1_700_172_800_000,
        seed: .max, steps: 1_000, costs: CostModel(feeBps: 7.5, slippageBps: 2),
        layout: ObservationLayout.trading1.version,
        metrics: ["total_return": 0.0125, "trades": 17])
}

extension PolicyError {
    /// The case without what it carries.
    var kind: String {
        switch self {
        case .missing: "missing"
        case .damaged: "damaged"
        case .alreadyPublished: "alreadyPublished"
        case .loadsDifferently: "loadsDifferently"
        case .occupied: "occupied"
        }
    }
}
