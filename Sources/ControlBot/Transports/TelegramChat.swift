import ControlPlane
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Telegram

/// The bot: fetches updates, lets the dispatcher answer, keeps the menus up to date. Works without a network and joins when there is
/// one.
public final class TelegramChat: Service {
    static let offsetKey = "telegram.offset"

    private let control: ControlPlane
    private let client: BotClient
    private let dispatcher: Dispatcher
    private let preparer: MessagePreparer
    private let sender: MessageSender
    private let poller: Mutex<UpdatePoller?> = .init(nil)
    private let pollTimeout: Int
    private let logger: Logger
    private let direct: DirectReplies
    private let offsets: AsyncStream<Int64>
    private let offset: AsyncStream<Int64>.Continuation

    private let desk = Mutex<WordsDesk?>(nil)

    /// Who words explanations in this chat.
    public func attach(_ words: WordsDesk) { desk.withLock { $0 = words } }

    /// Where the outbox's messages go.
    public var transport: any ChatTransport { TelegramTransport(sender: sender) }

    /// - Parameter pollTimeout: seconds the server may hold a request open.
    public init(
        control: ControlPlane, client: BotClient, pollTimeout: Int, limits: SendSettings = SendSettings(),
        logger: Logger
    ) {
        self.control = control
        self.client = client
        self.pollTimeout = pollTimeout
        self.logger = logger
        dispatcher = Dispatcher(control: control, logger: logger)
        preparer = MessagePreparer(control: control)
        (offsets, offset) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let direct = DirectReplies(store: control.store, metrics: control.metrics)
        self.direct = direct
        sender = MessageSender(client: client, settings: limits, logger: logger) { id, outcome in
            await direct.settle(id, outcome)
        }
        control.addHealthCheck { [weak self] in
            self?.healthCheck() ?? .init("telegram", .warning, "not running")
        }
    }

    public func run() async throws {
        let offset = try control.store.read { try $0.setting(Self.offsetKey) }.flatMap(Int64.init)
        var settings = UpdatePolling.Settings()
        settings.timeout = pollTimeout
        let poller = UpdatePoller(client: client, offset: offset, settings: settings, logger: logger) {
            [weak self] batch in
            await self?.handle(batch)
        }
        self.poller.withLock { $0 = poller }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.sender.run() }
                group.addTask { await poller.run() }
                group.addTask { await self.keepMenus() }
                group.addTask { await self.storeOffsets() }
                await group.waitForAll()
            }
        }
        await client.transport.shutdown()
    }

    /// Seconds since the server last answered a poll; nil before the first answer.
    public var pollAge: Double? {
        poller.withLock { $0 }?.status.age().map { $0 / .seconds(1) }
    }

    /// True while polls are answered in time, or while the network is to blame and the poller keeps trying.
    public var isPollerAlive: Bool {
        guard let status = poller.withLock({ $0 })?.status else { return true }
        if case .polling = status.state {
            return (status.age().map { $0 / .seconds(1) } ?? 0) < Double(pollTimeout) + 60
        }
        return true
    }

    private func healthCheck() -> HealthReport.Check {
        guard let status = poller.withLock({ $0 })?.status else { return .init("telegram", .warning, "not started") }
        if let problem = status.problem {
            if case .stopped = status.state { return .init("telegram", .failing, problem) }
            return .init("telegram", .warning, problem)
        }
        guard let age = pollAge else { return .init("telegram", .warning, "no answer yet") }
        let isLate = age > Double(pollTimeout) + 10
        return .init("telegram", isLate ? .failing : .ok, "polled \(Int(age)) s ago")
    }

    // MARK: Updates

    private func handle(_ batch: [Update]) async {
        for update in batch { await handle(update) }
        if let last = batch.map(\.id).max() { offset.yield(last + 1) }
    }

    /// Stores how far updates were handled, beside the polling: orders are stored with their update's number, so a lost offset can
    /// only make a question be answered twice.
    private func storeOffsets() async {
        for await next in offsets {
            do { try storeOffset(next) } catch {
                logger.error("the offset was not stored", metadata: ["error": "\(error)"])
            }
        }
    }

    private func storeOffset(_ next: Int64) throws {
        let moment = control.now()
        try control.store.write { try $0.set(Self.offsetKey, to: "\(next)", at: moment) }
    }

    private func handle(_ update: Update) async {
        switch update.payload {
        case .message(let message):
            if let new = message.migrateToChatID { return await migrate(from: message.chat.id, to: new) }
            guard let incoming = Incoming(message, update: update.id) else { return }
            await act(on: await dispatcher.respond(to: incoming), chat: message.chat.id, user: incoming.user)
        case .callbackQuery(let query):
            guard let message = query.message, let incoming = Incoming(query, update: update.id, now: control.now())
            else {
                return sender.submit(.callbackAnswer(query.id), id: direct.next(tokens: []))
            }
            let response = await dispatcher.respond(to: incoming)
            if case .pressed(let toast, let isSpent, let then) = response {
                sender.submit(.callbackAnswer(query.id, text: toast), id: direct.next(tokens: []))
                if isSpent {
                    let edit = OutgoingMessage(
                        to: message.chat.id, .editButtons(messageID: message.id), priority: .reply,
                        lifetime: .seconds(60))
                    sender.submit(edit, id: direct.next(tokens: []))
                }
                await act(on: then, chat: message.chat.id, user: incoming.user)
            } else {
                sender.submit(.callbackAnswer(query.id), id: direct.next(tokens: []))
                await act(on: response, chat: message.chat.id, user: incoming.user)
            }
        case .myChatMember(let change):
            await noteMembership(change)
        case .editedMessage, .unknown:
            break
        }
    }

    private func act(on response: Response, chat: Int64, user: Int64) async {
        if case .words(let order) = response { return ask(order, chat: chat) }
        guard case .direct(let answer) = response else { return }
        do {
            let (message, tokens) = try await prepared(answer, chat: chat, user: user)
            sender.submit(TelegramTransport.outgoing(message), id: direct.next(tokens: tokens))
            if let order = answer.words { ask(order, chat: chat) }
        } catch {
            logger.error("an answer could not be prepared", metadata: ["error": "\(error)"])
        }
    }

    private func ask(_ order: WordsOrder, chat: Int64) { desk.withLock { $0 }?.ask(order, chat: chat) }

    /// Only an answer with buttons needs the database.
    private func prepared(
        _ answer: Answer, chat: Int64, user: Int64
    ) async throws -> (message: OutboundMessage, tokens: [String]) {
        if answer.buttons.isEmpty {
            let message = OutboundMessage(
                chat: chat, text: answer.text, buttons: [], picture: answer.picture, isSilent: false, isReply: true)
            return (message, [])
        }
        let preparer = preparer
        return try await control.store.write { transaction in
            try preparer.prepare(answer, chat: chat, user: user, isReply: true, in: transaction)
        }
    }

    private func migrate(from old: Int64, to new: Int64) async {
        do { try await control.store.write { try $0.migrateChat(from: old, to: new) } } catch {
            logger.error("a group's new number was not stored", metadata: ["error": "\(error)"])
        }
    }

    /// Whoever blocks the bot is sent nothing until it is unblocked.
    private func noteMembership(_ change: ChatMemberUpdated) async {
        let isGone = [.left, .kicked].contains(change.newMember.status)
        let reason = isGone ? "the bot was blocked or removed" : nil
        do { try await control.store.write { try $0.muteChat(change.chat.id, reason: reason) } } catch {
            logger.error("a change of membership was not stored", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Menus

    /// Registers each person's commands by role and language, again whenever roles change.
    private func keepMenus() async {
        var registered: [Int64: String] = [:]
        var isDefaultSet = false
        while !Task.isCancelled {
            do {
                if !isDefaultSet {
                    for language in Language.allCases {
                        let code: String? = language == .english ? nil : language.rawValue
                        try await client.setMyCommands(Self.menu(nil, language), languageCode: code)
                    }
                    isDefaultSet = true
                }
                for user in try control.store.read({ try $0.users() }) where user.id != TerminalChat.user {
                    let state = "\(user.role.rawValue) \(user.language) \(user.chatId)"
                    guard registered[user.id] != state else { continue }
                    let menu = Self.menu(user.role, Language(code: user.language))
                    try await client.setMyCommands(menu, scope: .chat(user.chatId))
                    registered[user.id] = state
                }
            } catch {
                logger.debug("menus wait", metadata: ["error": "\(error)"])
            }
            // Ends early only when cancelled, which the loop's condition sees.
            try? await Task.sleep(for: .seconds(5))
        }
    }

    /// What a role sees; strangers see how to come in.
    static func menu(_ role: Role?, _ language: Language) -> [BotCommand] {
        CommandList.shared.forms.filter { form in
            guard let role else { return form.name == "start" }
            return form.menu && (form.needed ?? .viewer) <= role
        }.map { BotCommand($0.name, $0.description(in: language)) }
    }
}

extension Incoming {
    /// Nil for a message without text or without a person behind it.
    init?(_ message: Message, update: Int64) {
        guard let from = message.from, !from.isBot, let text = message.text else { return nil }
        self.init(
            update: update, content: .text(text, replyTo: message.replyTo.map { Int64($0.id) }), user: from.id,
            userName: from.firstName, languageCode: from.languageCode, chat: message.chat.id,
            isPrivate: message.chat.kind == .private, sentAt: Date(timeIntervalSince1970: Double(message.date)))
    }

    /// Nil for a press without a message or without data.
    init?(_ query: CallbackQuery, update: Int64, now: Date) {
        guard let message = query.message, let token = query.data else { return nil }
        self.init(
            update: update, content: .press(token: token, message: Int64(message.id)), user: query.from.id,
            userName: query.from.firstName, languageCode: query.from.languageCode, chat: message.chat.id,
            isPrivate: message.chat.kind == .private, sentAt: now)
    }
}

/// Answers that were sent without the outbox: binds their buttons once their message is known.
final class DirectReplies: Sendable {
    private struct State {
        var next: Int64 = -1
        var tokens: [Int64: [String]] = [:]
        var began: [Int64: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())
    private let store: Store
    private let metrics: MetricsRegistry

    init(store: Store, metrics: MetricsRegistry) {
        self.store = store
        self.metrics = metrics
    }

    /// A number for a message that is in no outbox.
    func next(tokens: [String]) -> Int64 {
        state.withLock { state in
            defer { state.next -= 1 }
            if !tokens.isEmpty { state.tokens[state.next] = tokens }
            state.began[state.next] = .now
            return state.next
        }
    }

    func settle(_ id: Int64, _ outcome: SendOutcome) async {
        let (tokens, began) = state.withLock { state in
            (state.tokens.removeValue(forKey: id), state.began.removeValue(forKey: id))
        }
        if let began {
            metrics.observe(
                "marketflow_bot_reply_seconds", help: "From an answer being ready to the server having it.",
                seconds: (ContinuousClock.now - began) / .seconds(1))
        }
        guard let tokens, let message = outcome.receipt?.messageID else { return }
        // Unbound buttons still work for their person in their chat.
        try? await store.write { try $0.bindTokens(tokens, to: Int64(message)) }
    }
}
