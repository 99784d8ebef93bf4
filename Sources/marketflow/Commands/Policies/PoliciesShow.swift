import ArgumentParser
import Policies
import Store

/// One version.
struct PoliciesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a version is, what it learned from and how it was judged.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The version, for example 3 or RL-Agent-v3.")
    var version: VersionNumber

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let record = try state.record(of: version.value)
        let manifest = record.decodedManifest
        print("\(record.name), \(record.state.rawValue), made \(UTC.text(record.createdAt.milliseconds))")
        print(record.parent.map { "learned on from RL-Agent-v\($0)" } ?? "learned from scratch")
        if let manifest { print(text(manifest)) }
        if let reason = record.reason { print("not promoted: \(reason)") }
        print("SHA-256 \(record.sha256)")
        if json { print(record.object + (manifest.map(object) ?? [:])) }
    }

    private func text(_ manifest: PolicyManifest) -> String {
        let names = manifest.symbols.map(\.rawValue).joined(separator: ", ")
        var lines = [
            "\(names) \(manifest.interval)\(manifest.synthetic ? " SYNTHETIC" : ""), layout \(manifest.layout), seed \(manifest.seed), "
                + "\(Figures.grouped(manifest.steps)) steps",
            "learned from \(UTC.text(manifest.trainedOn.lowerBound)) to \(UTC.text(manifest.trainedOn.upperBound))",
            "judged on    \(UTC.text(manifest.validatedOn.lowerBound)) to \(UTC.text(manifest.validatedOn.upperBound)), costs a side "
                + "\(Figures.decimal(manifest.costs.feeBps, 1)) + \(Figures.decimal(manifest.costs.slippageBps, 1)) bps",
        ]
        lines += manifest.metrics.sorted { $0.key < $1.key }.map { "  \($0.key) \(Figures.decimal($0.value, 6))" }
        return lines.joined(separator: "\n")
    }

    private func object(_ manifest: PolicyManifest) -> JSONObject {
        let metrics = manifest.metrics.sorted { $0.key < $1.key }.map {
            ($0.key, JSONObject.Value.some(.number($0.value)))
        }
        return [
            "symbols": .texts(manifest.symbols.map(\.rawValue)), "interval": .text(manifest.interval.rawValue),
            "layout": .text(manifest.layout), "seed": .unsigned(manifest.seed), "steps": .whole(manifest.steps),
            "trained_from": .time(manifest.trainedOn.lowerBound), "trained_to": .time(manifest.trainedOn.upperBound),
            "validated_from": .time(manifest.validatedOn.lowerBound),
            "validated_to": .time(manifest.validatedOn.upperBound), "fee_bps": .number(manifest.costs.feeBps),
            "slippage_bps": .number(manifest.costs.slippageBps), "metrics": .object(JSONObject(fields: metrics)),
        ]
    }
}
