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
    private let guessing = Mutex<[Int64: GuessGuard]>([:])

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
        if let update = incoming.update, try control.store.read({ try $0.isUpdateSeen(update) }) { return .silence }
        let user = try control.store.read { try $0.user(incoming.user) }
        switch incoming.content {
        case .text(let text, let replyTo):
            guard let line = CommandLine(text) else {
                guard let user else { return stranger(incoming) }
                return try await freeText(text, replyTo: replyTo, user: user, incoming)
            }
            if line.name == "start" { return try await start(line, user: user, incoming) }
            guard let user else { return stranger(incoming) }
            return try await perform(line, user: user, incoming, isConfirmed: false)
        case .press(let token, let message):
            guard let user else { return .pressed(toast: nil, isSpent: false, then: .silence) }
            return try await press(token, message: message, user: user, incoming)
        }
    }

    // MARK: Commands

    private func perform(
        _ line: CommandLine, user: UserRecord, _ incoming: Incoming, isConfirmed: Bool, token: String? = nil
    ) async throws -> Response {
        let say = Phrasebook.of(user.language)
        guard let (command, form) = CommandList.shared.command(line.name) else {
            return .direct(unknown(line, say))
        }
        let kind = command.kind(line.arguments)
        if let needed = form.needed, user.role < needed {
            if kind == .orders { try await auditDenied(line, user, incoming) }
            return .direct(
                Answer([say("access.denied", ["needed": needed.rawValue, "role": user.role.rawValue])]))
        }
        switch kind {
        case .asks:
            try await command.prepare?(line.arguments, control, say)
            let answer = try control.store.read { transaction in
                try answered(line, form, say) {
                    try command.run(self.invocation(line, form, user, incoming, isConfirmed, transaction)).answer
                }
            }
            return .direct(answer)
        case .orders:
            let age = control.now().timeIntervalSince(incoming.sentAt)
            if token == nil, age > Self.freshness {
                return try await offer(line, age: age, user: user, incoming, say)
            }
            return try await order(command, form, line, user, incoming, isConfirmed: isConfirmed, token: token)
        }
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
    private func offer(
        _ line: CommandLine, age: TimeInterval, user: UserRecord, _ incoming: Incoming, _ say: Phrasebook
    ) async throws -> Response {
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
        let record = try control.store.read { try $0.callbackToken(token) }
        guard let record, record.usedAt == nil, record.expiresAt > control.now(), record.chatId == incoming.chat,
            record.messageId == nil || message == nil || record.messageId == message
        else {
            return .pressed(
                toast: say.plain("ask.expired"), isSpent: record?.userId ?? user.id == user.id, then: .silence)
        }
        if let owner = record.userId, owner != user.id {
            return .pressed(toast: say.plain("ask.notYours"), isSpent: false, then: .silence)
        }
        let order = try JSON.value(record.action, as: Order.self)
        guard let line = CommandLine(order.line) else {
            return .pressed(toast: say.plain("ask.expired"), isSpent: true, then: .silence)
        }
        let isOrder = CommandList.shared.command(line.name)?.command.kind(line.arguments) == .orders
        let response = try await perform(
            line, user: user, incoming, isConfirmed: order.confirmed, token: isOrder ? token : nil)
        return .pressed(toast: nil, isSpent: isOrder && order.confirmed, then: response)
    }

    // MARK: Everything else

    /// A reply to a trade's message asks about that trade, a reply to a worded answer goes on with it. What only reads is answered
    /// at once; what would change something is offered as a button.
    private func freeText(
        _ text: String, replyTo: Int64?, user: UserRecord, _ incoming: Incoming
    ) async throws -> Response {
        let say = Phrasebook.of(user.language)
        if let replyTo {
            let (event, explanation) = try control.store.read {
                (
                    try $0.eventOfMessage(replyTo, chat: incoming.chat),
                    try $0.explanation(ofMessage: replyTo, chat: incoming.chat)
                )
            }
            if let explanation {
                return .words(
                    WordsOrder(
                        trade: explanation.tradeId, question: text, previous: explanation.id, language: say.language))
            }
            if let event, case .tradeClosed(let notice) = try ControlEvent(event),
                let line = CommandLine("/why \(notice.trade)")
            {
                return asked(text, try await perform(line, user: user, incoming, isConfirmed: false))
            }
        }
        switch FreeText.intent(of: text) {
        case .asks(let command):
            guard let line = CommandLine(command) else { break }
            return asked(text, try await perform(line, user: user, incoming, isConfirmed: false))
        case .orders(let command):
            // In a group the words may be meant for somebody else.
            guard incoming.isPrivate else { return .silence }
            return .direct(
                Answer(
                    [say("ask.meant", ["command": command])], buttons: [[AnswerButton(command, Order(command))]]))
        case nil: break
        }
        guard incoming.isPrivate else { return .silence }
        return .direct(Answer([say("ask.freeText")]))
    }

    /// The answer to a question in words: a model gets the words too.
    private func asked(_ text: String, _ response: Response) -> Response {
        guard case .direct(var answer) = response else { return response }
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
        if let wait = guessing.withLock({ $0[incoming.user]?.wait(at: moment) }) {
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
            guessing.withLock { $0[incoming.user, default: GuessGuard()].fail(at: moment) }
            return .direct(Answer([say("access.badCode")]))
        }
        let key = granted == .admin ? "access.welcomeAdmin" : "access.welcome"
        return .direct(Answer([say(key, ["name": incoming.userName, "role": granted.rawValue])]))
    }

    /// Someone unknown: one hint in private, silence in groups.
    private func stranger(_ incoming: Incoming) -> Response {
        guard incoming.isPrivate else { return .silence }
        let moment = control.now()
        let isTold = guessing.withLock { $0[incoming.user, default: GuessGuard()].tell(at: moment) }
        guard isTold else { return .silence }
        let say = Phrasebook.of(Language(code: incoming.languageCode))
        return .direct(Answer([say("access.stranger", ["id": "\(incoming.user)"])]))
    }
}

/// Limits how often a stranger may guess a code and is answered at all.
struct GuessGuard: Sendable, Equatable {
    static let guesses = 5
    static let window: TimeInterval = 900
    static let silence: TimeInterval = 600

    private var failures: [Date] = []
    private var toldAt: Date?

    mutating func fail(at now: Date) { failures = failures.filter { now.timeIntervalSince($0) < Self.window } + [now] }

    /// Seconds to wait before the next guess; nil when one may be made.
    func wait(at now: Date) -> TimeInterval? {
        let recent = failures.filter { now.timeIntervalSince($0) < Self.window }
        guard recent.count >= Self.guesses, let first = recent.first else { return nil }
        return Self.window - now.timeIntervalSince(first)
    }

    /// True at most once in ``silence`` seconds.
    mutating func tell(at now: Date) -> Bool {
        if let toldAt, now.timeIntervalSince(toldAt) < Self.silence { return false }
        toldAt = now
        return true
    }
}
