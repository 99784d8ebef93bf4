import ControlPlane
import Foundation
import Policies
import Store
import Telegram

let policyCommands: [Command] = [
    .asks("models", models), .asks("model", model), .orders("rollback", rollback), .asks("compare", compare),
]

private func models(_ call: Invocation) throws -> Outcome {
    let records = try call.transaction.policies(limit: 15)
    guard !records.isEmpty else { return Outcome([call.say("models.none")]) }
    let rows = records.map { record in
        call.say(
            "models.row",
            [
                "icon": record.state.icon, "name": record.name, "state": record.state.rawValue,
                "time": Figures.time(record.createdAt, in: call.zone),
                "detail": metric(record, "total_return").map { " · \(Figures.signedPercent($0))" } ?? "",
            ])
    }
    return Outcome([call.say("models.title")] + rows)
}

private func metric(_ record: PolicyRecord, _ name: String) -> Double? {
    // A manifest of an older format is shown without figures.
    (try? PolicyManifest(decoding: Data(record.manifest.utf8)))?.metrics[name]
}

private func model(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let version = try call.requiredNumber(0)
    guard let record = try call.transaction.policy(version) else {
        return Outcome([say("model.unknown", ["version": "\(version)"])])
    }
    let manifest = try PolicyManifest(decoding: Data(record.manifest.utf8))
    func time(_ milliseconds: Int64) -> String { Figures.time(Date(milliseconds: milliseconds)) }
    var lines = [
        say("model.title", ["name": record.name, "state": record.state.rawValue]),
        record.parent.map { say("model.parent", ["parent": "RL-Agent-v\($0)"]) } ?? say("model.scratch"),
        say(
            "model.market",
            [
                "symbols": manifest.symbols.map(\.rawValue).joined(separator: ", "),
                "interval": manifest.interval.rawValue,
                "synthetic": manifest.synthetic ? " (\(say.plain("synthetic")))" : "",
                "costs": CycleText.costs(manifest.costs),
            ]),
        say(
            "model.window",
            [
                "from": time(manifest.trainedOn.lowerBound), "to": time(manifest.trainedOn.upperBound),
                "judgedFrom": time(manifest.validatedOn.lowerBound), "judgedTo": time(manifest.validatedOn.upperBound),
            ]),
    ]
    for (name, value) in manifest.metrics.sorted(by: { $0.key < $1.key }) {
        lines.append(say("model.metric", ["name": name, "value": CycleText.metric(name, value)]))
    }
    if let reason = record.reason { lines.append(say("model.reason", ["reason": reason])) }
    lines.append(say("model.hash", ["hash": record.sha256]))
    var buttons: [[AnswerButton]] = []
    if [.fallback, .retired, .rejected].contains(record.state), call.user.role >= .operator {
        buttons = [[AnswerButton(say.plain("notice.rollback"), Order("/rollback \(version)"))]]
    }
    return Outcome(Answer(lines, buttons: buttons))
}

private func rollback(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let champion = try call.transaction.policy(in: .champion)
    let fallback = try call.transaction.policy(in: .fallback)?.version
    guard let version = try call.number(0, in: 1...Int(Int32.max)) ?? fallback, let champion else {
        return Outcome([say("rollback.none")], audit: "nothing to roll back to")
    }
    guard let target = try call.transaction.policy(version) else {
        return Outcome([say("model.unknown", ["version": "\(version)"])], audit: "no version \(version)")
    }
    guard target.version != champion.version else {
        return Outcome([say("rollback.already", ["name": target.name])], audit: "already champion")
    }
    let proof: PublishedPolicy
    do { proof = try call.control.verifiedPolicy(version) } catch {
        return Outcome([say("rollback.gone", ["name": target.name, "reason": "\(error)"])], audit: "refused: \(error)")
    }
    guard proof.sha256 == target.sha256 else {
        let reason = PolicyError.damaged(path: proof.folder.path, reason: "its hash is not the one recorded")
            .description
        return Outcome([say("rollback.gone", ["name": target.name, "reason": reason])], audit: "refused: hash")
    }
    guard call.isConfirmed else {
        let buttons = [
            [
                AnswerButton(say.plain("ask.confirm"), Order("/rollback \(version)", confirmed: true)),
                AnswerButton(say.plain("ask.keep"), Order("/cancel", confirmed: true)),
            ]
        ]
        var answer = Answer([say("rollback.ask", ["from": champion.name, "to": target.name])], buttons: buttons)
        answer.buttonsLast = 600
        return Outcome(answer, audit: "asked")
    }
    try call.control.promote(proof, by: call.actor, in: call.transaction)
    let text = say(
        "rollback.done",
        [
            "to": target.name, "from": champion.name, "hash": String(proof.sha256.prefix(16)),
            "undo": "\(champion.version)",
        ])
    return Outcome([text], audit: "\(champion.name) → \(target.name)") { $0.obeyPolicyChange() }
}

private func compare(_ call: Invocation) throws -> Outcome {
    let say = call.say
    let versions = [try call.requiredNumber(0), try call.requiredNumber(1)]
    var manifests: [PolicyManifest] = []
    for version in versions {
        guard let record = try call.transaction.policy(version) else {
            return Outcome([say("model.unknown", ["version": "\(version)"])])
        }
        manifests.append(try PolicyManifest(decoding: Data(record.manifest.utf8)))
    }
    var lines = [say("compare.title", ["a": manifests[0].name, "b": manifests[1].name])]
    for name in Set(manifests[0].metrics.keys).union(manifests[1].metrics.keys).sorted() {
        let values = manifests.map { $0.metrics[name].map { CycleText.metric(name, $0) } ?? "–" }
        lines.append(say("compare.row", ["name": name, "a": values[0], "b": values[1]]))
    }
    lines.append(say("compare.note"))
    return Outcome(lines)
}

extension PolicyState {
    var icon: String {
        switch self {
        case .champion: "🏆"
        case .fallback: "🛟"
        case .rejected: "⚪️"
        case .pending: "⏳"
        case .retired: "📦"
        case .pruned: "🗑"
        }
    }
}
