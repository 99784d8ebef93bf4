import Foundation
import Neural
import Policies
import Reinforcement
import Simulation
import Testing

/// Versions as folders: whole or not at all.
struct PolicyRegistryTests {
    private let folder: Folder
    private let registry: PolicyRegistry

    init() throws {
        folder = try Folder()
        registry = try PolicyRegistry(folder: folder.file("policies"))
    }

    private func publish(_ version: Int, seed: UInt64? = nil) throws -> PolicyManifest {
        try registry.publish(policy(seed: seed ?? UInt64(version)), manifest: manifest(version))
    }

    /// What loading `version` throws.
    private func refusal(_ version: Int = 1) -> PolicyError? {
        do { _ = try registry.load(version) } catch { return error as? PolicyError }
        return nil
    }

    @Test("a version comes back with the same weights, manifest and hash")
    func roundTrip() throws {
        let written = try publish(1)
        let loaded = try registry.load(1)
        #expect(try loaded.policy == policy(seed: 1))
        #expect(loaded.manifest == written)
        #expect(loaded.manifest.seed == .max && loaded.manifest.costs.feeBps == 7.5)
        // sha256sum(1) of the file is the judge, by the bytes themselves.
        let weights = try Data(contentsOf: folder.file("policies/RL-Agent-v1/weights.mfp"))
        #expect(loaded.sha256 == sha256(weights) && written.files == ["weights.mfp": loaded.sha256])
        #expect(try folder.names("policies/RL-Agent-v1") == ["manifest.json", "weights.mfp"])
        #expect(try folder.names("policies") == ["RL-Agent-v1"])
    }

    @Test("the hash is SHA-256 as the standard gives it for “abc”")
    func knownHash() {
        #expect(
            sha256(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("publishing the same weights again changes nothing")
    func idempotent() throws {
        let first = try publish(1)
        let file = folder.file("policies/RL-Agent-v1/weights.mfp").path
        let before = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
        #expect(try publish(1) == first)
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int == before)
    }

    @Test("other weights under a published number are refused and the published ones stay")
    func neverOverwritten() throws {
        _ = try publish(1)
        #expect(throws: PolicyError.self) { try publish(1, seed: 99) }
        #expect(try registry.load(1).policy == policy(seed: 1))
    }

    @Test("a flipped bit anywhere in the weights is found")
    func flippedBits() throws {
        _ = try publish(1)
        let file = folder.file("policies/RL-Agent-v1/weights.mfp")
        let whole = try Data(contentsOf: file)
        for index in stride(from: 0, to: whole.count, by: max(1, whole.count / 64)) {
            var damaged = whole
            damaged[index] ^= 1 << UInt8(index % 8)
            try damaged.write(to: file)
            #expect(refusal()?.kind == "damaged", "byte \(index)")
        }
        try whole.write(to: file)
        #expect(refusal() == nil)
    }

    @Test("weights that read another number of inputs than the layout has are refused", arguments: [-1, 1])
    func otherInputs(more: Int) throws {
        let size = ObservationLayout.trading1.size
        let foreign = try ActorCritic(
            .init(observationSize: size + more, actionChoices: [3], policyLayers: [8], valueLayers: [8]),
            random: RandomStream(seed: 1))
        #expect {
            try registry.publish(foreign, manifest: manifest(1))
        } throws: { error in
            "\(error)".contains("reads \(size + more) inputs, but trading-1 has \(size)")
        }
        #expect(try folder.names("policies").filter { !$0.hasPrefix(".") }.isEmpty)
    }

    @Test("weights that end early are found")
    func truncated() throws {
        _ = try publish(1)
        let file = folder.file("policies/RL-Agent-v1/weights.mfp")
        let whole = try Data(contentsOf: file)
        for length in [0, 1, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: file)
            #expect(refusal()?.kind == "damaged", "\(length) bytes")
        }
    }

    @Test("a file that is not a policy is refused, also when the manifest names its hash")
    func foreign() throws {
        var named = try publish(1)
        let text = Data("these are no weights".utf8)
        named.files = ["weights.mfp": sha256(text)]
        try text.write(to: folder.file("policies/RL-Agent-v1/weights.mfp"))
        try named.encoded().write(to: folder.file("policies/RL-Agent-v1/manifest.json"))
        #expect(refusal()?.kind == "damaged")
        #expect(refusal()?.description.contains("SHA-256") == false)
    }

    @Test("half a folder is refused: without weights, without manifest, with half a manifest")
    func half() throws {
        let whole = try publish(1)
        let manifestFile = folder.file("policies/RL-Agent-v1/manifest.json")
        try whole.encoded().prefix(100).write(to: manifestFile)
        #expect(refusal()?.kind == "damaged", "half a manifest")
        try FileManager.default.removeItem(at: manifestFile)
        #expect(refusal()?.kind == "missing", "no manifest")
        try whole.encoded().write(to: manifestFile)
        try FileManager.default.removeItem(at: folder.file("policies/RL-Agent-v1/weights.mfp"))
        #expect(refusal()?.kind == "missing", "no weights")
        #expect(refusal(2)?.kind == "missing", "no folder")
    }

    @Test("a publication that was cut off is invisible, and the next attempt publishes")
    func cutOff() throws {
        let aside = folder.file("policies/.RL-Agent-v1.partial")
        try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: aside.appendingPathComponent("weights.mfp"))
        #expect(refusal()?.kind == "missing", "visible")
        _ = try publish(1)
        #expect(try registry.load(1).policy == policy(seed: 1))
        #expect(try folder.names("policies") == ["RL-Agent-v1"])
    }

    @Test("weights that give no probabilities are refused")
    func notANumber() throws {
        var named = try publish(1)
        let file = folder.file("policies/RL-Agent-v1/weights.mfp")
        let bytes = try poisoned(policy(seed: 1))
        try bytes.write(to: file)
        named.files = ["weights.mfp": sha256(bytes)]
        try named.encoded().write(to: folder.file("policies/RL-Agent-v1/manifest.json"))
        #expect(refusal()?.kind == "damaged", "loaded")
    }

    /// The encoded policy, sound in form, with not-a-number for the weights of its first layer.
    private func poisoned(_ policy: ActorCritic) throws -> Data {
        var archive = try TensorArchive(decoding: policy.encoded(), kind: "marketflow.policy")
        let index = try #require(archive.tensors.firstIndex { $0.name == "policy.0.weight" })
        let tensor = archive.tensors[index]
        let count = tensor.shape.reduce(1, *)
        archive.tensors[index] = Tensor(
            name: tensor.name, shape: tensor.shape, floats: Array(repeating: .nan, count: count))
        return archive.encoded()
    }

    @Test("weights that would read beyond the layout they name are refused, at publication already")
    func otherLayout() throws {
        var other = manifest(1)
        other.layout = "candle-v1"
        #expect(ObservationLayout.named(other.layout) != nil)
        #expect(throws: PolicyError.self) { try registry.publish(policy(seed: 1), manifest: other) }
        #expect(refusal()?.kind == "missing")
        other.layout = "a layout of the past"
        #expect(try registry.publish(policy(seed: 1), manifest: other).layout == other.layout)
    }

    @Test("links are swapped together and read back")
    func links() throws {
        #expect(registry.championLink == nil)
        for version in 1...3 { _ = try publish(version) }
        try registry.point(champion: 1, fallback: nil)
        #expect(registry.championLink == 1)
        try registry.point(champion: 3, fallback: 1)
        #expect(registry.championLink == 3)
        #expect(try PolicyRegistry.load(from: folder.file("policies/champion")).manifest.version == 3)
        #expect(try PolicyRegistry.load(from: folder.file("policies/fallback")).manifest.version == 1)
        try registry.point(champion: 2, fallback: nil)
        #expect(try PolicyRegistry.load(from: folder.file("policies/fallback")).manifest.version == 1)
    }

    @Test("a reader of the champion link finds a whole version while it is being swapped")
    func atomicLinks() async throws {
        for version in 1...2 { _ = try publish(version) }
        try registry.point(champion: 1, fallback: 2)
        let (registry, folder) = (registry, folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for turn in 0..<200 { try registry.point(champion: 1 + turn % 2, fallback: 2 - turn % 2) }
            }
            group.addTask {
                for _ in 0..<200 {
                    let version = try PolicyRegistry.load(from: folder.file("policies/champion")).manifest.version
                    #expect((1...2).contains(version))
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("a removed version is gone, twice is no error, and others stay")
    func removed() throws {
        for version in 1...2 { _ = try publish(version) }
        try registry.remove(1)
        try registry.remove(1)
        #expect(refusal()?.kind == "missing", "still there")
        #expect(try folder.names("policies") == ["RL-Agent-v2"])
    }

    @Test("a policy is written to any folder, in the place of a policy, never of something else")
    func anyFolder() throws {
        let target = folder.file("out/best")
        #expect(try PolicyRegistry.write(policy(seed: 1), manifest: manifest(4), to: target).manifest.version == 4)
        #expect(try PolicyRegistry.write(policy(seed: 2), manifest: manifest(5), to: target).policy == policy(seed: 2))
        #expect(try folder.names("out") == ["best"])
        try FileManager.default.createDirectory(at: folder.file("diary"), withIntermediateDirectories: true)
        try Data("dear diary".utf8).write(to: folder.file("diary/monday.txt"))
        #expect(throws: PolicyError.self) {
            try PolicyRegistry.write(policy(seed: 1), manifest: manifest(4), to: folder.file("diary"))
        }
        #expect(try folder.names("diary") == ["monday.txt"])
    }

    @Test("every refusal says that nothing in use was touched")
    func sentences() {
        let errors: [PolicyError] = [
            .missing(path: "p"), .damaged(path: "p", reason: "r"), .alreadyPublished(version: 1),
            .loadsDifferently(version: 1), .occupied(path: "p"),
        ]
        for error in errors {
            let text = error.description
            #expect(["not touched", "in use stays", "Nothing was written"].contains { text.contains($0) }, "\(text)")
        }
    }
}
