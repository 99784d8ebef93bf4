import Hummingbird
import NIOCore

/// A Bot API server in this process, as strict as the real one: it refuses what that refuses, in the same words. A test
/// starts it, points the bot at ``baseURL``, acts as the users and reads the chats.
///
/// ```swift
/// let server = try await BotAPIServer.start()
/// await server.userSends("/status", from: 7)
/// let answer = try await server.waitForMessage(in: 7, containing: "idle")
/// ```
public actor BotAPIServer {
    public nonisolated let token: String
    /// The bot's user id: what stands before the token's colon.
    public nonisolated let botID: Int64
    public nonisolated let port: Int
    public nonisolated var baseURL: String { "http://127.0.0.1:\(port)" }

    var world = World()
    var updates = UpdateQueue()
    var faults: [PlannedFault] = []
    /// Calls by their order of arrival; the oldest are dropped beyond a hundred thousand.
    public internal(set) var callLog: [LoggedCall] = []
    /// What the bot did that the specification forbids, though the server may have put up with it.
    public internal(set) var violations: [String] = []
    var hanging: [CheckedContinuation<Void, Never>] = []
    private var forgottenCalls = 0
    /// Calls by method, so that whoever waits for the next one need not look through all.
    private var callCounts: [String: Int] = [:]
    private var listener: Listener?

    /// Starts on a free port.
    public static func start(token: String = "123456:TEST-token_for_the_stand-in") async throws -> BotAPIServer {
        let exchange = Exchange()
        let listener = try await Listener.start(port: 0, responder: exchange)
        let server = BotAPIServer(token: token, listener: listener)
        exchange.serve(server)
        return server
    }

    private init(token: String, listener: Listener) {
        self.token = token
        self.botID = token.split(separator: ":").first.flatMap { Int64($0) } ?? 0
        self.port = listener.port
        self.listener = listener
        world.users[botID] = World.User(id: botID, isBot: true, firstName: "Stand-in", username: "standin_bot")
    }

    public func stop() async { await networkDown() }

    // MARK: The network

    /// Closes the port and cuts all connections; what is under way gets no answer.
    public func networkDown() async {
        guard let listener else { return }
        self.listener = nil
        updates.dismissWaiter(with: .cut)
        for continuation in hanging { continuation.resume() }
        hanging = []
        await listener.stop()
    }

    /// The same port again.
    public func networkUp() async throws {
        guard listener == nil else { return }
        let exchange = Exchange()
        exchange.serve(self)
        listener = try await Listener.start(port: port, responder: exchange)
    }

    // MARK: Faults

    struct PlannedFault: Sendable {
        var fault: Fault
        var method: String?
        var count: Int
        var skip: Int
    }

    /// Spoils the next calls.
    ///
    /// - Parameters:
    ///   - method: only calls of this method; nil for any.
    ///   - count: so many calls.
    ///   - skip: after letting so many pass.
    public func inject(_ fault: Fault, method: String? = nil, count: Int = 1, skip: Int = 0) {
        faults.append(PlannedFault(fault: fault, method: method?.lowercased(), count: count, skip: skip))
    }

    public func clearFaults() { faults = [] }

    func nextFault(for method: String) -> Fault? {
        guard let index = faults.firstIndex(where: { $0.method == nil || $0.method == method.lowercased() }) else {
            return nil
        }
        if faults[index].skip > 0 {
            faults[index].skip -= 1
            return nil
        }
        let fault = faults[index].fault
        faults[index].count -= 1
        if faults[index].count <= 0 { faults.remove(at: index) }
        return fault
    }

    // MARK: What was called

    public func calls(of method: String) -> [LoggedCall] {
        callLog.filter { $0.method.lowercased() == method.lowercased() }
    }

    /// How many calls of `method` there were.
    public func callCount(of method: String) -> Int { callCounts[method.lowercased()] ?? 0 }

    /// What `setMyCommands` left, one entry for each scope and language.
    public var commandsSet: [CommandMenu] { Array(world.menus.values) }

    /// - Returns: the call's number, for ``note(_:on:)``.
    func log(_ call: LoggedCall) -> Int {
        if callLog.count >= 100_000 {
            callLog.removeFirst(50_000)
            forgottenCalls += 50_000
        }
        callLog.append(call)
        callCounts[call.method.lowercased(), default: 0] += 1
        return forgottenCalls + callLog.count
    }

    func note(_ treatment: Treatment, on call: Int) {
        let index = call - forgottenCalls - 1
        guard callLog.indices.contains(index) else { return }
        if case .answer(let answer) = treatment {
            callLog[index].status = answer.status
            callLog[index].description = answer.description
        } else {
            callLog[index].status = 0
        }
    }

    func violation(_ text: String) { violations.append(text) }
}
