import ControlPlane
import Foundation
import LanguageModels
import Telegram

let mistralCommands: [Command] = [
    Command(
        name: "mistral", kind: { ["start", "stop"].contains($0.first?.lowercased()) ? .orders : .asks }, run: mistral)
]

private func mistral(_ call: Invocation) throws -> Outcome {
    guard let server = call.control.language?.server else { return Outcome([call.say("mistral.none")]) }
    switch call.arguments.first?.lowercased() {
    case nil, "status": return Outcome(status(server.status, call))
    case "start":
        return Outcome([call.say("mistral.starting")], audit: "starting") { _ in
            Task { await server.start() }
        }
    case "stop":
        return Outcome([call.say("mistral.stopping")], audit: "stopping") { _ in
            Task { await server.stop(holds: true) }
        }
    default: throw BadArgument.word(call.arguments[0])
    }
}

private func status(_ status: LocalServer.Status, _ call: Invocation) -> [[Inline]] {
    let say = call.say
    var lines = [
        say(
            "mistral.status",
            [
                "state": say.plain("mistral.state.\(status.phase.rawValue)"), "model": status.model,
                "port": "\(status.port)",
            ])
    ]
    if let pid = status.pid {
        lines.append(say("mistral.process", ["pid": "\(pid)", "threads": "\(status.threads)"]))
    }
    if status.isAnswering || status.waiting > 0 {
        lines.append(say("mistral.queue", ["waiting": "\(status.waiting)"]))
    }
    if status.isHeld { lines.append(say("mistral.held")) }
    if let fault = status.fault {
        lines.append(say("mistral.fault", ["reason": "\(fault)"]))
        if !status.log.isEmpty { lines.append([.code(status.log.joined(separator: "\n"))]) }
    }
    return lines
}
