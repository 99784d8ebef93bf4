import ArgumentParser
import Foundation
import Policies

/// A version for other programs.
struct PoliciesExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a version as an ONNX file, its normalisation included.",
        discussion: """
            Input “observation” [N × features], outputs “probabilities” [N × flat, long, short] and “value” [N × 1]. The \
            file's metadata names the features in order.
            """)

    @OptionGroup var state: StateOptions

    @Argument(help: "The version, “champion”, or the folder of a policy.")
    var version: String

    @Option(help: ArgumentHelp("The ONNX file to write; one that is there is replaced.", valueName: "file"))
    var onnx: String

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let published = try PublishedPolicy(path: policyFolder().path)
        let model = try published.onnx()
        try DurableFile.write(model, to: URL(fileURLWithPath: onnx))
        print("\(onnx): \(Figures.grouped(model.count)) bytes, \(published.manifest.layout), SHA-256 \(sha256(model)).")
        guard json else { return }
        let object: JSONObject = [
            "out": .text(onnx), "bytes": .whole(model.count), "sha256": .text(sha256(model)),
            "policy_sha256": .text(published.sha256), "layout": .text(published.manifest.layout),
        ]
        print(object)
    }

    private func policyFolder() throws -> URL {
        if let number = VersionNumber(argument: version) {
            return try state.policiesFolder.appendingPathComponent(try state.record(of: number.value).name)
        }
        if version == "champion" { return try state.policiesFolder.appendingPathComponent("champion") }
        let folder = URL(fileURLWithPath: version, isDirectory: true)
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw CommandError(
                "“\(version)” is neither a version (3, RL-Agent-v3, champion) nor the folder of a policy. Nothing was written."
            )
        }
        return folder
    }
}
