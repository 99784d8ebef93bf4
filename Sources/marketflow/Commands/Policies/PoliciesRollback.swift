import ArgumentParser
import ControlPlane
import Foundation
import Policies
import Settings
import Store

/// Another version as champion.
struct PoliciesRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Make an earlier version the champion, once its files are proven by hash.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The version; by default the champion before this one.")
    var version: VersionNumber?

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        guard try state.existingStore() != nil else {
            throw CommandError("there are no policies in \(state.dataDir) yet; nothing was changed.")
        }
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let (tail, logger) = try state.quiet().logging(try state.secrets())
        let control = try Assembly(settings: state.settings(), folder: state.folder).controlPlane(
            tail: tail, logger: logger)
        let (champion, fallback) = try control.store.read {
            (try $0.policy(in: .champion), try $0.policy(in: .fallback)?.version)
        }
        guard let champion, let wanted = version?.value ?? fallback else {
            throw CommandError("there is no version to roll back to; nothing was changed.")
        }
        guard wanted != champion.version else {
            throw CommandError("RL-Agent-v\(wanted) is the champion already; nothing was changed.")
        }
        let proof = try proven(wanted, control)
        try await control.store.write { transaction in
            try control.promote(proof, by: Self.actor, in: transaction)
            try transaction.appendAudit(
                at: control.now(), user: nil, chat: nil, actor: Self.actor, command: "policies rollback",
                arguments: "\(wanted)", outcome: "\(champion.name) → \(proof.manifest.name)",
                digest: { sha256(Foundation.Data($0.utf8)) })
        }
        try control.reconcilePolicies()
        print("\(proof.manifest.name) is the champion now, in the place of \(champion.name) (SHA-256 \(proof.sha256)).")
        guard json else { return }
        let object: JSONObject = [
            "champion": .whole(wanted), "before": .whole(champion.version), "sha256": .text(proof.sha256),
        ]
        print(object)
    }

    private static let actor = "command line"

    /// The champion is the running service's to change.
    private func lock() throws -> InstanceLock {
        do { return try InstanceLock(folder: state.folder) } catch {
            let wanted = version.map { "\($0.value)" }
            throw CommandError(
                "\(error) For a roll-back that is /rollback\(wanted.map { " " + $0 } ?? "") in the chat, or POST /api/v1/policies/\(wanted ?? "V")/rollback."
            )
        }
    }

    /// The version's files, as the database knows them.
    private func proven(_ version: Int, _ control: ControlPlane) throws -> PublishedPolicy {
        let record = try state.record(of: version)
        let proof = try control.verifiedPolicy(version)
        guard proof.sha256 == record.sha256 else {
            throw PolicyError.damaged(path: proof.folder.path, reason: "its hash is not the one recorded")
        }
        return proof
    }
}
