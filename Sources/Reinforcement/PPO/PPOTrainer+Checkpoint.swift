import Neural

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension PPOTrainer {
    private static let archiveKind = "marketflow.training-checkpoint"

    private struct Metadata: Codable {
        let settings: PPOSettings
        let seed: UInt64
        let threads: Int
        let state: RunState
    }

    /// The latest boundary as bytes that ``init(resuming:environment:niceness:)`` goes on from.
    public func checkpoint() -> Data {
        let count = parameters.count
        return TensorArchive(
            kind: Self.archiveKind,
            metadata: JSONText.encode(
                Metadata(settings: settings, seed: seed, threads: threads, state: boundary.state)),
            tensors: [
                Tensor(name: "policy", bytes: [UInt8](policy.encoded())),
                Tensor(name: "adam.first", shape: [count], floats: boundary.firstMoments.array),
                Tensor(name: "adam.second", shape: [count], floats: boundary.secondMoments.array),
                Tensor(name: "initial", shape: [count], floats: initialParameters.array),
                Tensor(
                    name: "observations", shape: [settings.copies, template.observationSize],
                    floats: boundary.observations.array),
                Tensor(name: "environment", bytes: boundary.environment),
                Tensor(
                    name: "memory", shape: [settings.copies, template.memoryUnits], floats: boundary.memory.array),
            ]
        ).encoded()
    }

    /// Goes on from a checkpoint, with its settings, seed and thread count, in an environment of the same kind as then (its
    /// state is restored).
    public convenience init(
        resuming checkpoint: Data, environment: any Environment, niceness: Int = 0
    ) throws(TrainingError) {
        let archive: TensorArchive
        let metadata: Metadata
        let policy: ActorCritic
        do {
            archive = try TensorArchive(decoding: checkpoint, kind: Self.archiveKind)
            metadata = try JSONText.decode(Metadata.self, from: archive.metadata)
            policy = try ActorCritic(decoding: Data(archive.tensor("policy").bytes))
        } catch {
            throw .checkpoint(reason: "\(error)")
        }
        let copies = metadata.settings.copies
        guard metadata.state.streams.count == copies, metadata.state.episodes.copies == copies,
            metadata.state.steps >= 0, metadata.state.updates >= 0,
            metadata.state.rewardNormaliser.map({ $0.returns.count == copies }) ?? true
        else { throw .checkpoint(reason: "its parts do not belong together") }
        try self.init(
            environment: environment, settings: metadata.settings, seed: metadata.seed, threads: metadata.threads,
            niceness: niceness, policy: policy, state: metadata.state)
        do {
            let count = parameters.count
            boundary.firstMoments.copy(from: try archive.floats("adam.first", shape: [count]))
            boundary.secondMoments.copy(from: try archive.floats("adam.second", shape: [count]))
            initialParameters.copy(from: try archive.floats("initial", shape: [count]))
            boundary.observations.copy(
                from: try archive.floats("observations", shape: [copies, policy.observationSize]))
            boundary.environment = try archive.tensor("environment").bytes
            if policy.memoryUnits > 0 {
                boundary.memory.copy(from: try archive.floats("memory", shape: [copies, policy.memoryUnits]))
            }
        } catch {
            throw .checkpoint(reason: "\(error)")
        }
        do {
            try returnToBoundary()
        } catch {
            throw .checkpoint(reason: "the world refused its saved state: \(error)")
        }
    }
}
