import ArgumentParser
import Foundation
import Policies
import Store

/// The versions there are.
struct PoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policies", abstract: "The policy versions: list, show, roll back, export as ONNX.",
        subcommands: [PoliciesList.self, PoliciesShow.self, PoliciesRollback.self, PoliciesExport.self])
}

/// A version as people write it: `3`, `v3` or `RL-Agent-v3`.
struct VersionNumber: ExpressibleByArgument {
    let value: Int

    init?(argument: String) {
        let text = argument.lowercased()
        let digits = ["rl-agent-v", "v"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) } ?? text[...]
        guard let value = Int(digits), value > 0 else { return nil }
        self.value = value
    }
}

extension StateOptions {
    var policiesFolder: URL {
        get throws { try Assembly(settings: settings(), folder: folder).configuration().policiesFolder }
    }

    /// The row of a version.
    func record(of version: Int) throws -> PolicyRecord {
        guard let record = try existingStore()?.read({ try $0.policy(version) }) else {
            throw CommandError(
                "there is no RL-Agent-v\(version) in \(dataDir); “marketflow policies list” shows what there is.")
        }
        return record
    }
}

extension PolicyRecord {
    /// What the files say; nil where they were never written.
    var decodedManifest: PolicyManifest? {
        // A version that was only reserved has an empty one.
        try? PolicyManifest(decoding: Data(manifest.utf8))
    }

    var object: JSONObject {
        let known = decodedManifest
        return [
            "version": .whole(version), "name": .text(name), "state": .text(state.rawValue),
            "cycle": cycleId.map { .whole(Int($0)) }, "parent": parent.map { .whole($0) },
            "created_at": .time(createdAt.milliseconds), "deployed_at": deployedAt.map { .time($0.milliseconds) },
            "sha256": .text(sha256), "synthetic": known.map { .flag($0.synthetic) },
            "total_return": known?.metrics["total_return"].map { .number($0) }, "reason": reason.map { .text($0) },
        ]
    }
}
