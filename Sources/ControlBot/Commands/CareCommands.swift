import ControlPlane
import Foundation
import Telegram

let careCommands: [Command] = [.asks("logs", logs), .orders("backup", backup)]

private func logs(_ call: Invocation) throws -> Outcome {
    let lines = call.control.logTail.newest(try call.number(0, in: 1...200) ?? 25)
    guard !lines.isEmpty else { return Outcome([call.say("logs.none")]) }
    let text = MessageText([
        .paragraph(call.say("logs.title")), .quotation([.text(lines.joined(separator: "\n"))], isExpandable: true),
    ])
    return Outcome(Answer(text))
}

private func backup(_ call: Invocation) throws -> Outcome {
    // A copy cannot be made inside the transaction that records the order; it is made right after.
    let control = call.control
    let file = Backups(folder: control.configuration.backupsFolder).file(for: call.now)
    return Outcome([call.say("backup.begun", ["file": file.lastPathComponent])], audit: file.lastPathComponent) {
        $0.backUpSoon()
    }
}
