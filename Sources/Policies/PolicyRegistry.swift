import Foundation
import Reinforcement
import Simulation

/// The folder of versions: `RL-Agent-v1/`, `RL-Agent-v2/`, … and the links `champion` and `fallback`.
///
/// A version is written aside, fsynced and renamed, so a folder with that name is always whole. The links are swapped by
/// rename, so a reader finds the old version or the new one, never none.
public struct PolicyRegistry: Sendable {
    public let folder: URL

    static let weightsFile = "weights.mfp"
    static let manifestFile = "manifest.json"

    public init(folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    public func folder(of version: Int) -> URL { folder.appendingPathComponent("RL-Agent-v\(version)") }

    /// Publishes a version and proves it by loading it back. Publishing the same weights again changes nothing.
    ///
    /// - Returns: the manifest as written, with the hashes of its files.
    /// - Throws: ``PolicyError`` or ``FileFailure``; then nothing of the version is visible.
    public func publish(_ policy: ActorCritic, manifest: PolicyManifest) throws -> PolicyManifest {
        var manifest = manifest
        manifest.files = Self.files(policy.encoded())
        let target = folder(of: manifest.version)
        if let existing = try? Self.manifest(in: target) {  // none, or half of one from before renames: write anew
            if existing.files == manifest.files { return existing }
            throw PolicyError.alreadyPublished(version: manifest.version)
        }
        let aside = folder.appendingPathComponent(".RL-Agent-v\(manifest.version).partial")
        try Self.writeProven(policy, manifest, to: aside)
        // A folder cannot be renamed over one with files in it, and half a version can never serve.
        if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
        try DurableFile.move(aside, to: target)
        return manifest
    }

    /// Writes a policy folder outside any registry, in the place of a policy that is there already.
    ///
    /// - Parameter folder: need not exist, nor its parents.
    /// - Throws: ``PolicyError/occupied(path:)`` for a folder that holds anything but a policy, or ``FileFailure``; what was
    ///   there is then unchanged.
    public static func write(_ policy: ActorCritic, manifest: PolicyManifest, to folder: URL) throws -> PublishedPolicy
    {
        try requireFree(folder)
        let parent = folder.deletingLastPathComponent()
        let aside = parent.appendingPathComponent(".\(folder.lastPathComponent).partial")
        let before = parent.appendingPathComponent(".\(folder.lastPathComponent).before")
        var manifest = manifest
        manifest.files = files(policy.encoded())
        try writeProven(policy, manifest, to: aside)
        try? FileManager.default.removeItem(at: before)  // left over from a cut-off attempt; usually absent
        let replaces = FileManager.default.fileExists(atPath: folder.path)
        if replaces { try DurableFile.move(folder, to: before) }
        try DurableFile.move(aside, to: folder)
        if replaces { try FileManager.default.removeItem(at: before) }
        return try load(from: folder)
    }

    /// Whether ``write(_:manifest:to:)`` may take this folder's place: it is not there, empty, or a policy.
    ///
    /// - Throws: ``PolicyError/occupied(path:)``.
    public static func requireFree(_ folder: URL) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        // A file, or a folder that cannot be listed, is not free either.
        let content = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        guard let content, content.isEmpty || content.contains(manifestFile) else {
            throw PolicyError.occupied(path: folder.path)
        }
    }

    /// Writes both files to `folder`, durably, and loads them back.
    private static func writeProven(_ policy: ActorCritic, _ manifest: PolicyManifest, to folder: URL) throws {
        try? FileManager.default.removeItem(at: folder)  // left over from a cut-off attempt; usually absent
        try DurableFile.makeFolder(folder)
        try DurableFile.writeAndSync(policy.encoded(), to: folder.appendingPathComponent(weightsFile))
        try DurableFile.writeAndSync(try manifest.encoded(), to: folder.appendingPathComponent(manifestFile))
        try DurableFile.syncFolder(folder)
        let loaded = try load(from: folder)
        guard loaded.policy == policy else { throw PolicyError.loadsDifferently(version: manifest.version) }
    }

    private static func files(_ weights: Data) -> [String: String] { [weightsFile: sha256(weights)] }

    /// Loads a version and checks hashes, layout of the weights and one inference.
    public func load(_ version: Int) throws -> PublishedPolicy { try Self.load(from: folder(of: version)) }

    /// Loads a version from any folder, for example one given on the command line.
    public static func load(from folder: URL) throws -> PublishedPolicy {
        // Once, so that a link that is swapped meanwhile does not give one version's manifest with another's weights.
        let folder = folder.resolvingSymlinksInPath()
        let manifest = try manifest(in: folder)
        let file = folder.appendingPathComponent(weightsFile)
        guard let weights = FileManager.default.contents(atPath: file.path) else {
            throw PolicyError.missing(path: file.path)
        }
        let found = sha256(weights)
        guard let expected = manifest.files[weightsFile], found == expected else {
            throw PolicyError.damaged(path: file.path, reason: "its SHA-256 is not the one in the manifest")
        }
        let policy: ActorCritic
        do { policy = try ActorCritic(decoding: weights) } catch {
            throw PolicyError.damaged(path: file.path, reason: "\(error)")
        }
        // It would read beyond the end of every observation, or take one input for another.
        if let layout = ObservationLayout.named(manifest.layout), policy.observationSize != layout.size {
            throw PolicyError.damaged(
                path: file.path,
                reason: "it reads \(policy.observationSize) inputs, but \(layout.version) has \(layout.size)")
        }
        try proveInference(policy, path: file.path)
        return PublishedPolicy(folder: folder, manifest: manifest, policy: policy, sha256: found)
    }

    /// Points `champion` and `fallback` at versions; a nil fallback leaves that link as it is.
    public func point(champion: Int, fallback: Int?) throws {
        if let fallback {
            try DurableFile.pointLink(folder.appendingPathComponent("fallback"), at: "RL-Agent-v\(fallback)")
        }
        try DurableFile.pointLink(folder.appendingPathComponent("champion"), at: "RL-Agent-v\(champion)")
    }

    /// The highest version that has a folder here; 0 when there is none. A restored database may know fewer than there are.
    public var highestVersion: Int {
        // A folder that cannot be read holds no versions; publishing into it will say why. One without a manifest was never finished.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { $0.hasPrefix("RL-Agent-v") ? Int($0.dropFirst("RL-Agent-v".count)) : nil }
            .filter { (try? Self.manifest(in: folder(of: $0))) != nil }.max() ?? 0
    }

    /// The version the `champion` link names; nil when there is none.
    public var championLink: Int? {
        let link = folder.appendingPathComponent("champion").path
        // No link yet is the ordinary state of a new installation.
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) else { return nil }
        return Int(target.dropFirst("RL-Agent-v".count))
    }

    /// Deletes the files of a version: renamed out of sight first, so that half a version is never visible.
    public func remove(_ version: Int) throws {
        let target = folder(of: version)
        guard FileManager.default.fileExists(atPath: target.path) else { return }
        let aside = folder.appendingPathComponent(".RL-Agent-v\(version).removed")
        try? FileManager.default.removeItem(at: aside)  // left over from a cut-off removal; usually absent
        try DurableFile.move(target, to: aside)
        try FileManager.default.removeItem(at: aside)
    }

    private static func manifest(in folder: URL) throws -> PolicyManifest {
        let file = folder.appendingPathComponent(manifestFile)
        guard let data = FileManager.default.contents(atPath: file.path) else {
            throw PolicyError.missing(path: file.path)
        }
        do { return try PolicyManifest(decoding: data) } catch {
            throw PolicyError.damaged(path: file.path, reason: "it is not a manifest: \(error)")
        }
    }

    private static func proveInference(_ policy: ActorCritic, path: String) throws {
        let observation = [Float](repeating: 0.1, count: policy.observationSize)
        let answer = policy.evaluate(observations: observation)
        let sum = answer.probabilities.reduce(0, +)
        guard answer.values.allSatisfy(\.isFinite), answer.probabilities.allSatisfy({ $0.isFinite && $0 >= 0 }),
            abs(sum - Float(policy.actionChoices.count)) < 1e-3
        else { throw PolicyError.damaged(path: path, reason: "it gives figures that are not probabilities") }
    }
}

/// A version in memory, proven to be what its manifest says.
public struct PublishedPolicy: Sendable {
    public let folder: URL
    public let manifest: PolicyManifest
    public let policy: ActorCritic
    /// Of the weights file.
    public let sha256: String
}

/// Why a version cannot be published or loaded.
public enum PolicyError: Error, Sendable, CustomStringConvertible {
    case missing(path: String)
    case damaged(path: String, reason: String)
    case alreadyPublished(version: Int)
    case loadsDifferently(version: Int)
    case occupied(path: String)

    public var description: String {
        switch self {
        case .missing(let path):
            "there is no \(path). The champion in use was not touched; “marketflow policies list” shows what there is."
        case .damaged(let path, let reason):
            "\(path) is damaged or foreign: \(reason). It was not loaded; the version in use stays."
        case .alreadyPublished(let version):
            "RL-Agent-v\(version) exists with other weights. Nothing was written; versions are never overwritten."
        case .loadsDifferently(let version):
            "RL-Agent-v\(version) did not load back as it was written. It was not published; the version in use stays."
        case .occupied(let path):
            "\(path) holds something that is not a policy. Nothing was written; name a new or empty folder."
        }
    }
}
