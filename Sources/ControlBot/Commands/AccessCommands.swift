import ControlPlane
import Foundation
import Policies
import Store
import Telegram

let accessCommands: [Command] = [
    .asksOrOrders("users", users), .asks("audit", audit),
    Command(name: "settings", kind: { $0.isEmpty || $0 == ["all"] ? .asks : .orders }, run: settings),
    .orders("cancel", cancel),
]

private func users(_ call: Invocation) throws -> Outcome {
    let words = call.arguments
    switch words.first?.lowercased() {
    case nil: return try listUsers(call)
    case "add": return try addUser(call, role: words.dropFirst().first ?? "viewer")
    case "role": return try changeUser(call) { $0.role = try role(words.dropFirst(2).first ?? "") }
    case "remove": return try removeUser(call)
    default: throw BadArgument.word(words[0])
    }
}

private func listUsers(_ call: Invocation) throws -> Outcome {
    var lines = [call.say("users.title")]
    for user in try call.transaction.users() {
        lines.append(
            call.say(
                "users.row",
                [
                    "name": user.name, "id": "\(user.id)", "role": user.role.rawValue, "language": user.language,
                    "since": Figures.time(user.pairedAt, in: call.zone),
                ]))
        if let reason = user.mutedReason {
            lines.append([.text("   ")] + call.say("users.muted", ["reason": reason]))
        }
    }
    return Outcome(lines)
}

private func role(_ text: String) throws -> Role {
    guard let role = Role(rawValue: text.lowercased()) else { throw BadArgument.word(text) }
    return role
}

private func addUser(_ call: Invocation, role text: String) throws -> Outcome {
    let role = try role(text)
    let code = PairingCode.make()
    let until = call.now.addingTimeInterval(PairingCode.lifetime)
    try call.transaction.storePairingCode(code, role: role, createdAt: call.now, expiresAt: until)
    let line = call.say(
        "users.code", ["role": role.rawValue, "until": Figures.time(until, in: call.zone), "code": code])
    return Outcome([line], audit: "code for a \(role.rawValue)")
}

private func userNumber(_ call: Invocation) throws -> Int64 {
    guard call.arguments.count > 1 else { throw BadArgument.missing }
    guard let id = Int64(call.arguments[1]) else { throw BadArgument.word(call.arguments[1]) }
    return id
}

private func changeUser(_ call: Invocation, _ change: (inout UserRecord) throws -> Void) throws -> Outcome {
    let id = try userNumber(call)
    guard var user = try call.transaction.user(id) else {
        return Outcome([call.say("users.unknown", ["id": "\(id)"])], audit: "no user \(id)")
    }
    let before = user
    try change(&user)
    if before.role == .admin, user.role != .admin, try isLastAdmin(before, call) {
        return Outcome([call.say("users.lastAdmin", ["name": user.name])], audit: "refused, last admin")
    }
    try call.transaction.save(user)
    return Outcome(
        [call.say("users.changed", ["name": user.name, "role": user.role.rawValue])],
        audit: "\(before.role.rawValue) → \(user.role.rawValue)")
}

private func removeUser(_ call: Invocation) throws -> Outcome {
    let id = try userNumber(call)
    guard let user = try call.transaction.user(id) else {
        return Outcome([call.say("users.unknown", ["id": "\(id)"])], audit: "no user \(id)")
    }
    if try isLastAdmin(user, call) {
        return Outcome([call.say("users.lastAdmin", ["name": user.name])], audit: "refused, last admin")
    }
    try call.transaction.deleteUser(id)
    return Outcome([call.say("users.removed", ["name": user.name])], audit: "removed \(id)")
}

private func isLastAdmin(_ user: UserRecord, _ call: Invocation) throws -> Bool {
    let admins = try call.transaction.users().filter { $0.role == .admin }
    return user.role == .admin && admins.count == 1
}

private func audit(_ call: Invocation) throws -> Outcome {
    let rows = try call.transaction.audit(limit: try call.number(0, in: 1...100) ?? 15)
    guard !rows.isEmpty else { return Outcome([call.say("audit.none")]) }
    let broken = try call.transaction.firstBrokenAudit { sha256(Data($0.utf8)) }
    let state = broken.map { call.say.plain("audit.broken", ["row": "\($0)"]) } ?? call.say.plain("audit.intact")
    let lines = rows.map { row in
        call.say(
            "audit.row",
            [
                "time": Figures.time(row.at, in: call.zone), "actor": row.actor, "command": row.command,
                "arguments": row.arguments, "outcome": row.outcome,
            ])
    }
    return Outcome([call.say("audit.title", ["state": state])] + lines)
}

private func settings(_ call: Invocation) throws -> Outcome {
    var preferences = try Preferences.of(call.user, in: call.transaction)
    let words = call.arguments.map { $0.lowercased() }
    switch words.first {
    case nil, "all":
        return Outcome(try showSettings(call, preferences, isComplete: words.first == "all"))
    case "language":
        guard words.count == 2, let language = Language(rawValue: words[1]) else {
            throw BadArgument.word(call.arguments.last ?? "")
        }
        var user = call.user
        user.language = language.rawValue
        try call.transaction.save(user)
        return Outcome(
            [Phrasebook.of(language)("settings.changed", ["what": "language \(language.rawValue)"])],
            audit: "language \(language.rawValue)")
    case "notify":
        guard words.count == 3, let kind = NoticeClass(rawValue: words[1]), let level = NoticeLevel(rawValue: words[2])
        else { throw BadArgument.word(call.arguments.dropFirst().joined(separator: " ")) }
        preferences.levels[kind] = level
    case "quiet":
        guard words.count == 2 else { throw BadArgument.missing }
        if words[1] == "off" {
            preferences.quiet = nil
        } else {
            guard let hours = QuietHours(words[1]) else { throw BadArgument.word(words[1]) }
            preferences.quiet = hours
        }
    default:
        throw BadArgument.word(call.arguments[0])
    }
    try preferences.save(for: call.user, in: call.transaction, at: call.now)
    let what = call.arguments.joined(separator: " ")
    return Outcome([call.say("settings.changed", ["what": what])], audit: what)
}

private func showSettings(_ call: Invocation, _ preferences: Preferences, isComplete: Bool) throws -> [[Inline]] {
    let say = call.say
    let notices = NoticeClass.allCases.map { "\($0.rawValue) \(preferences.level(of: $0).rawValue)" }
    var lines = [
        say("settings.title"), say("settings.language", ["language": call.user.language]),
        say("settings.quiet", ["quiet": preferences.quiet?.description ?? say.plain("settings.quietOff")]),
        say("settings.notify", ["list": notices.joined(separator: ", ")]), [], say("settings.configuration"),
    ]
    let rows = call.control.settingRows.filter { isComplete || !$0.isDefault }
    lines += rows.map { [.code("\($0.path) = \($0.value)")] }
    if !isComplete { lines.append(say("settings.defaults")) }
    return lines
}

private func cancel(_ call: Invocation) throws -> Outcome {
    let count = try call.transaction.cancelQuestions(of: call.user.id, chat: call.chat, at: call.now)
    if call.isConfirmed { return Outcome([call.say("ask.left")], audit: "left as it is") }
    guard count > 0 else { return Outcome([call.say("ask.nothingToCancel")], audit: "nothing waited") }
    return Outcome([call.say("ask.cancelled", ["count": "\(count)"])], audit: "\(count) forgotten")
}
