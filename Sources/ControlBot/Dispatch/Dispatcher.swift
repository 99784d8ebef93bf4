import ControlPlane
import Foundation
import Logging
import Policies
import Store
import Synchronization
import Telegram

/// The one gate between what people do in chats and the control plane.
///
/// In this order: is it known already, who is it, may they, is it old, then the command itself. An order's effect, its audit row, its
/// answer and its update's number land in one transaction.
public final class Dispatcher: Sendable {
    /// Orders older than this are offered as a button instead of being run.
    public static let freshness: TimeInterval = 60

    private let control: ControlPlane
    private let logger: Logger
    private let strangers = Mutex(StrangerBook())

    public init(control: ControlPlane, logger: Logger) {
        self.control = control
        self.logger = logger
    }

    /// Answers; never throws, since whatever went wrong is itself an answer.
    public func respond(to incoming: Incoming) async -> Response {
        do {
            return try await route(incoming)
        } catch {
            logger.warning("an update could not be answered", metadata: ["error": "\(error)"])
            let say = Phrasebook.of(Language(code: incoming.languageCode))
            return .direct(Answer([say("ask.failed", ["reason": "\(error)"])]))
        }
    }

    private func route(_ incoming: Incoming) async throws -> Response {
        let glance = try control.store.read { try look(at: incoming, in: $0) }
        if let response = glance.response {
            guard case .text(let text, _) = incoming.content else { return response }
            return worded(text, response)
        }
        switch incoming.content {
        case .text(let text, _):
            if let line = CommandLine(text), line.name == "start" {
                return try await start(line, user: glance.user, incoming)
            }
            guard let user = glance.user else { return stranger(incoming) }
            guard let line = glance.line else { return freeText(text, user, incoming) }
            return worded(text, try await carryOut(line, user: user, incoming, isConfirmed: false))
        case .press(let token, let message):
            guard let user = glance.user else { return .pressed(toast: nil, isSpent: false, then: .silence) }
            return try await press(token, message: message, user: user, incoming)
        }
    }

    /// What one look into the database tells of an update.
    private struct Glance {
        var user: UserRecord?
        /// The command that is meant, written out or not.
        var line: CommandLine?
        /// Set when nothing is left to do: it was done before, or it only asked.
        var response: Response?
    }

    private func look(at incoming: Incoming, in transaction: Transaction) throws -> Glance {
        if let update = incoming.update, try transaction.isUpdateSeen(update) { return Glance(response: .silence) }
        guard let user = try transaction.user(incoming.user) else { return Glance() }
        if case .text(let text, let replyTo?) = incoming.content, CommandLine(text) == nil,
            let explanation = try transaction.explanation(ofMessage: replyTo, chat: incoming.chat)
        {
            let order = WordsOrder(
                trade: explanation.tradeId, question: text, previous: explanation.id,
                language: Language(code: user.language))
            return Glance(user: user, response: .words(order))
        }
        guard case .text(let text, let replyTo) = incoming.content,
            let line = try CommandLine(text) ?? meant(by: text, replyTo: replyTo, chat: incoming.chat, in: transaction),
            line.name != "start"
        else { return Glance(user: user) }
        let answer = try reply(to: line, user, incoming, isConfirmed: false, in: transaction)
        return Glance(user: user, line: line, response: answer.map { .direct($0) })
    }

    // MARK: Commands

    /// The answer to a command that changes nothing, or the refusal of one that does; nil when it is to be carried out, or
    /// prepared first.
    private func reply(
        to line: CommandLine, _ user: UserRecord, _ incoming: Incoming, isConfirmed: Bool, isPrepared: Bool = false,
        in transaction: Transaction
    ) throws -> Answer? {
        let say = Phrasebook.of(user.language)
        guard let (command, form) = CommandList.shared.command(line.name) else { return unknown(line, say) }
        let asks = command.kind(line.arguments) == .asks
        if let needed = form.needed, user.role < needed {
            return asks ? denied(needed, user, say) : nil
        }
        guard asks, isPrepared || command.prepare == nil else { return nil }
        return try answered(line, form, say) {
            try command.run(invocation(line, form, user, incoming, isConfirmed, transaction)).answer
        }
    }

    /// An order: refused, put off or obeyed. A question: prepared and answered.
    private func carryOut(
        _ line: CommandLine, user: UserRecord, _ incoming: Incoming, isConfirmed: Bool, token: String? = nil
    ) async throws -> Response {
        let say = Phrasebook.of(user.language)
        guard let (command, form) = CommandList.shared.command(line.name) else { return .direct(unknown(line, say)) }
        let asks = command.kind(line.arguments) == .asks
        if let needed = form.needed, user.role < needed {
            if !asks { try await auditDenied(line, user, incoming) }
            return .direct(denied(needed, user, say))
        }
        if asks {
            try await command.prepare?(line.arguments, control, say)
            return .direct(
                try control.store.read { transaction in
                    try reply(to: line, user, incoming, isConfirmed: isConfirmed, isPrepared: true, in: transaction)
                } ?? unknown(line, say))
        }
        let age = control.now().timeIntervalSince(incoming.sentAt)
        if token == nil, age > Self.freshness { return offer(line, age: age, say) }
        return try await order(command, form, line, user, incoming, isConfirmed: isConfirmed, token: token)
    }

    private func denied(_ needed: Role, _ user: UserRecord, _ say: Phrasebook) -> Answer {
        Answer([say("access.denied", ["needed": needed.rawValue, "role": user.role.rawValue])])
    }

    private func order(
        _ command: Command, _ form: Command.Form, _ line: CommandLine, _ user: UserRecord, _ incoming: Incoming,
        isConfirmed: Bool, token: String?
    ) async throws -> Response {
        let control = control
        let say = Phrasebook.of(user.language)
        let moment = control.now()
        let afterwards = try await control.store.write { transaction -> (@Sendable (ControlPlane) -> Void)? in
            if let update = incoming.update, try !transaction.markUpdateSeen(update, at: moment) { return nil }
            if let token { try transaction.useCallbackToken(token, at: moment) }
            var outcome: Outcome?
            let answer = try self.answered(line, form, say) {
                let result = try command.run(
                    self.invocation(line, form, user, incoming, isConfirmed, transaction))
                outcome = result
                return result.answer
            }
            try transaction.appendAudit(
                at: moment, user: user.id, chat: incoming.chat, actor: user.name, command: "/" + line.name,
                arguments: line.arguments.joined(separator: " "), outcome: outcome?.audit ?? "refused",
                digest: { sha256(Data($0.utf8)) })
            let key = incoming.update.map { "answer:\($0)" } ?? "answer:\(ButtonToken.make())"
            try transaction.enqueue(
                OutboxRecord(
                    dedupeKey: key, chatId: incoming.chat, eventId: nil,
                    content: try JSON.text(OutboxContent.answer(answer, to: user.id)), class: NoticeClass.reply,
                    createdAt: moment))
            return outcome?.afterwards
        }
        afterwards?(control)
        return .stored
    }

    /// Runs `body`; an argument that cannot be meant becomes the right form and an example.
    private func answered(
        _ line: CommandLine, _ form: Command.Form, _ say: Phrasebook, _ body: () throws -> Answer
    ) throws -> Answer {
        do { return try body() } catch let problem as BadArgument {
            return Answer([
                say("ask.badArgument", ["problem": "\(problem)", "usage": form.usage, "example": form.example])
            ])
        }
    }

    private func invocation(
        _ line: CommandLine, _ form: Command.Form, _ user: UserRecord, _ incoming: Incoming, _ isConfirmed: Bool,
        _ transaction: Transaction
    ) -> Invocation {
        Invocation(
            arguments: line.arguments, isConfirmed: isConfirmed, user: user, chat: incoming.chat, control: control,
            transaction: transaction, say: Phrasebook.of(user.language),
            zone: control.configuration.schedule.timeZone, now: control.now(), form: form)
    }

    private func unknown(_ line: CommandLine, _ say: Phrasebook) -> Answer {
        let command = "/" + line.name.prefix(40)
        guard let nearest = CommandList.shared.nearest(to: line.name) else {
            return Answer([say("ask.unknownNone", ["command": command])])
        }
        return Answer(
            [say("ask.unknown", ["command": command, "nearest": "/" + nearest])],
            buttons: [[AnswerButton("/" + nearest, Order("/" + nearest))]])
    }

    /// An order that waited too long is shown, not run.
    private func offer(_ line: CommandLine, age: TimeInterval, _ say: Phrasebook) -> Response {
        var answer = Answer(
            [say("ask.stale", ["command": line.text, "age": Figures.duration(age)])],
            buttons: [[AnswerButton(say.plain("ask.runNow"), Order(line.text))]])
        answer.buttonsLast = 3600
        return .direct(answer)
    }

    private func auditDenied(_ line: CommandLine, _ user: UserRecord, _ incoming: Incoming) async throws {
        let moment = control.now()
        try await control.store.write { transaction in
            try transaction.appendAudit(
                at: moment, user: user.id, chat: incoming.chat, actor: user.name, command: "/" + line.name,
                arguments: line.arguments.joined(separator: " "), outcome: "denied",
                digest: { sha256(Data($0.utf8)) })
        }
    }

    // MARK: Buttons

    private func press(
        _ token: String, message: Int64?, user: UserRecord, _ incoming: Incoming
    ) async throws -> Response {
        let say = Phrasebook.of(user.language)
        let (record, line, answer) = try control.store.read {
            transaction -> (CallbackTokenRecord?, CommandLine?, Answer?) in
            guard let record = try transaction.callbackToken(token) else { return (nil, nil, nil) }
            let order = try JSON.value(record.action, as: Order.self)
            guard isValid(record, message: message, user: user, incoming), let line = CommandLine(order.line) else {
                return (record, nil, nil)
            }
            let answer = try reply(to: line, user, incoming, isConfirmed: order.confirmed, in: transaction)
            return (record, line, answer)
        }
        guard let record, let line else {
            if let owner = record?.userId, owner != user.id {
                return .pressed(toast: say.plain("ask.notYours"), isSpent: false, then: .silence)
            }
            return .pressed(toast: say.plain("ask.expired"), isSpent: true, then: .silence)
        }
        if let answer { return .pressed(toast: nil, isSpent: false, then: .direct(answer)) }
        let isConfirmed = try JSON.value(record.action, as: Order.self).confirmed
        let response = try await carryOut(line, user: user, incoming, isConfirmed: isConfirmed, token: token)
        return .pressed(toast: nil, isSpent: isConfirmed, then: response)
    }

    private func isValid(
        _ record: CallbackTokenRecord, message: Int64?, user: UserRecord, _ incoming: Incoming
    ) -> Bool {
        record.usedAt == nil && record.expiresAt > control.now() && record.chatId == incoming.chat
            && (record.messageId == nil || message == nil || record.messageId == message)
            && (record.userId == nil || record.userId == user.id)
    }

    // MARK: Everything else

    /// The question behind words that are no command: a reply to a trade's message asks why, and so may plain words.
    private func meant(
        by text: String, replyTo: Int64?, chat: Int64, in transaction: Transaction
    ) throws -> CommandLine? {
        if let replyTo, let event = try transaction.eventOfMessage(replyTo, chat: chat),
            case .tradeClosed(let notice) = try ControlEvent(event)
        {
            return CommandLine("/why \(notice.trade)")
        }
        guard case .asks(let command) = FreeText.intent(of: text) else { return nil }
        return CommandLine(command)
    }

    /// Words that ask nothing that is known: what they seem to order is offered. In a group they may be meant for somebody else.
    private func freeText(_ text: String, _ user: UserRecord, _ incoming: Incoming) -> Response {
        guard incoming.isPrivate else { return .silence }
        let say = Phrasebook.of(user.language)
        guard case .orders(let command) = FreeText.intent(of: text) else {
            return .direct(Answer([say("ask.freeText")]))
        }
        return .direct(
            Answer([say("ask.meant", ["command": command])], buttons: [[AnswerButton(command, Order(command))]]))
    }

    /// The answer to a question in plain words: a model gets the words too.
    private func worded(_ text: String, _ response: Response) -> Response {
        guard case .direct(var answer) = response, CommandLine(text) == nil else { return response }
        answer.words?.question = text
        return .direct(answer)
    }

    // MARK: Letting people in

    private func start(_ line: CommandLine, user: UserRecord?, _ incoming: Incoming) async throws -> Response {
        let say = Phrasebook.of(user.map { Language(code: $0.language) } ?? Language(code: incoming.languageCode))
        guard let text = line.arguments.first else {
            guard let user else { return stranger(incoming) }
            return .direct(Answer([say("access.greeting", ["name": user.name, "role": user.role.rawValue])]))
        }
        let moment = control.now()
        if let wait = strangers.withLock({ $0.wait(of: incoming.user, at: moment) }) {
            return .direct(Answer([say("access.tooManyCodes", ["minutes": "\(Int(wait / 60) + 1)"])]))
        }
        let code = PairingCode.normalised(text)
        let language = Language(code: incoming.languageCode)
        let granted = try await control.store.write { transaction -> Role? in
            guard let role = try transaction.redeemPairingCode(code, user: incoming.user, at: moment) else {
                return nil
            }
            let better = max(role, try transaction.user(incoming.user)?.role ?? role)
            try transaction.save(
                UserRecord(
                    id: incoming.user, name: incoming.userName, role: better, language: language.rawValue,
                    chatId: incoming.chat, pairedAt: moment))
            try transaction.appendAudit(
                at: moment, user: incoming.user, chat: incoming.chat, actor: incoming.userName, command: "/start",
                arguments: "code", outcome: "paired as \(better.rawValue)", digest: { sha256(Data($0.utf8)) })
            try transaction.tell(
                .accessGranted(
                    .init(user: incoming.user, name: incoming.userName, role: better.rawValue, by: "code")), at: moment)
            if let update = incoming.update { _ = try transaction.markUpdateSeen(update, at: moment) }
            return better
        }
        guard let granted else {
            strangers.withLock { $0.fail(incoming.user, at: moment) }
            return .direct(Answer([say("access.badCode")]))
        }
        let key = granted == .admin ? "access.welcomeAdmin" : "access.welcome"
        return .direct(Answer([say(key, ["name": incoming.userName, "role": granted.rawValue])]))
    }

    /// Someone unknown: one hint in private, silence in groups.
    private func stranger(_ incoming: Incoming) -> Response {
        guard incoming.isPrivate else { return .silence }
        let moment = control.now()
        let isTold = strangers.withLock { $0.tell(incoming.user, at: moment) }
        guard isTold else { return .silence }
        let say = Phrasebook.of(Language(code: incoming.languageCode))
        return .direct(Answer([say("access.stranger", ["id": "\(incoming.user)"])]))
    }
}
