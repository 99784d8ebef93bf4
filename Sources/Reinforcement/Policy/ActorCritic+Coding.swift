import Neural

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension ActorCritic {
    static let archiveKind = "marketflow.policy"

    struct Metadata: Codable {
        struct Normaliser: Codable {
            let count: Double
            let clip: Float
        }

        let architecture: Architecture
        let normaliser: Normaliser?
    }

    /// One block of bytes that ``init(decoding:)`` reads; equal policies give equal bytes.
    public func encoded() -> Data {
        TensorArchive(kind: Self.archiveKind, metadata: JSONText.encode(metadata), tensors: tensors).encoded()
    }

    /// Refuses damaged or foreign bytes with ``TrainingError/policy(reason:)``.
    public init(decoding data: Data) throws(TrainingError) {
        do {
            let archive = try TensorArchive(decoding: data, kind: Self.archiveKind)
            let metadata = try JSONText.decode(Metadata.self, from: archive.metadata)
            try self.init(metadata, archive)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .policy(reason: "\(error)")
        }
    }

    var metadata: Metadata {
        Metadata(
            architecture: architecture,
            normaliser: normaliser.map { Metadata.Normaliser(count: $0.count, clip: $0.clip) })
    }

    init(_ metadata: Metadata, _ archive: TensorArchive) throws {
        try self.init(blank: metadata.architecture)
        let (policyNet, valueNet, memoryNet) = (policyNet, valueNet, memoryNet)
        try parameters.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            try policyNet.load(archive, prefix: "policy", into: base)
            try valueNet.load(archive, prefix: "value", into: base)
            try memoryNet?.load(archive, prefix: "memory", into: base)
        }
        if let scaling = metadata.normaliser {
            guard scaling.clip > 0, scaling.clip.isFinite, scaling.count >= 0, scaling.count.isFinite else {
                throw TrainingError.policy(reason: "its observation normaliser is out of range")
            }
            normaliser = ObservationNormaliser(
                count: scaling.count, mean: try archive.doubles("normaliser.mean", count: observationSize),
                variance: try archive.doubles("normaliser.variance", count: observationSize), clip: scaling.clip)
        }
    }

    /// Every parameter by name: `policy.0.weight` `[inputs × outputs]`, `policy.0.bias`, …, `value.…`, with a memory
    /// `memory.input.weight`, …, and with a normaliser `normaliser.mean` and `normaliser.variance`.
    public var tensors: [Tensor] {
        parameters.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            var tensors = policyNet.tensors(prefix: "policy", base) + valueNet.tensors(prefix: "value", base)
            if let memoryNet { tensors += memoryNet.tensors(prefix: "memory", base) }
            if let normaliser {
                tensors.append(Tensor(name: "normaliser.mean", doubles: normaliser.mean))
                tensors.append(Tensor(name: "normaliser.variance", doubles: normaliser.variance))
            }
            return tensors
        }
    }
}
