import AsyncHTTPClient
import Foundation
import Glibc
import Logging
import NIOCore
import Synchronization

/// The model server of our own: started when the first question comes, watched, and ended when it is idle.
///
/// All decisions are ``ServerLife``'s; this actor owns the process and the clock, and carries out what it says.
public actor LocalServer {
    /// Questions that wait while one is answered.
    static let longestQueue = 4

    public nonisolated let settings: LocalServerSettings
    private let threads: @Sendable () -> Int
    private let niceness: Int32
    private let logger: Logger
    private let http: HTTPClient
    private let log = LogRing()
    private nonisolated let shown: StatusBoard
    private let epoch = ContinuousClock.now

    private var life: ServerLife
    private var child: ChildProcess?
    private var command = ""
    private var key = APIKey.random()
    private var runningThreads = 0
    private var timer: Task<Void, Never>?
    private var model: HTTPModel?
    private var waiting: [Waiter] = []
    private var answering: (id: Int, task: Task<ChatResponse, any Error>?)?
    private var lastNumber = 0
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []

    private struct Waiter {
        var id: Int
        var continuation: CheckedContinuation<Result<HTTPModel, ModelError>, Never>
    }

    /// - Parameter threads: how many it may compute on, asked at every start.
    public init(
        _ settings: LocalServerSettings, niceness: Int = 5, threads: @escaping @Sendable () -> Int, logger: Logger
    ) {
        self.settings = settings
        self.threads = threads
        self.niceness = Int32(niceness)
        self.logger = logger
        var limits = ServerLife.Limits()
        limits.startup = settings.startupTimeout
        limits.healthInterval = settings.healthInterval
        limits.idleStop = settings.idleStop
        life = ServerLife(limits: limits)
        shown = StatusBoard(
            LocalServer.Status(
                phase: .stopped, isHeld: false, port: settings.port, model: settings.modelName, threads: 0, waiting: 0,
                isAnswering: false, log: []))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.idleTimeout = .seconds(1)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    deinit {
        http.shutdown { _ in }
        child?.signal(SIGKILL)
    }

    // MARK: Orders

    /// Starts it now, whatever happened before. Returns at once; ``status`` tells how it goes.
    public func start() { handle(.startAsked) }

    /// Ends it within six seconds and returns then.
    ///
    /// - Parameter holds: questions do not start it again; only ``start()`` does.
    public func stop(holds: Bool = false) async {
        handle(.stopAsked(holds: holds))
        guard child != nil else { return }
        await withCheckedContinuation { stopWaiters.append($0) }
    }

    /// Ends a server that a killed process of ours left behind. Call before the first start.
    public func endOrphan() async {
        guard let record = ServerRecord.read(settings.pidFile) else { return }
        defer { ServerRecord.remove(settings.pidFile) }
        guard record.isAlive else { return }
        logger.notice(
            "a model server was left behind by an earlier process and is ended", metadata: ["pid": "\(record.pid)"])
        record.signal(SIGTERM)
        for _ in 0..<20 where record.isAlive {
            // Ends early only when cancelled; then it is killed a little sooner.
            try? await Task.sleep(for: .milliseconds(100))
        }
        record.signal(SIGKILL)
        for _ in 0..<20 where record.isAlive {
            try? await Task.sleep(for: .milliseconds(50))  // the same
        }
    }

    // MARK: State

    public struct Status: Sendable, Hashable {
        public enum Phase: String, Sendable, Hashable {
            case stopped, starting, ready, stopping, resting, failed
        }

        public var phase: Phase
        public var fault: ServerFault?
        public var isHeld: Bool
        public var pid: Int32?
        public var port: Int
        public var model: String
        public var threads: Int
        public var waiting: Int
        public var isAnswering: Bool
        /// The newest lines of its log.
        public var log: [String]
    }

    /// As of the last thing that happened.
    public nonisolated var status: Status { shown.status }

    private var presentStatus: Status {
        var phase = Status.Phase.stopped
        var fault: ServerFault?
        switch life.state {
        case .stopped: break
        case .checking, .loading, .testing: phase = .starting
        case .ready: phase = .ready
        case .stopping: phase = .stopping
        case .resting: phase = .resting
        case .failed(let found): (phase, fault) = (.failed, found)
        }
        return Status(
            phase: phase, fault: fault, isHeld: life.isHeld, pid: child?.pid, port: settings.port,
            model: settings.modelName, threads: runningThreads, waiting: waiting.count,
            isAnswering: answering != nil, log: Array(log.all.suffix(5)))
    }

    // MARK: Questions

    /// Waits for the server and for the turn, then asks.
    func respond(
        to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse {
        let begun = ContinuousClock.now
        lastNumber += 1
        let number = lastNumber
        let model = try await turn(number, within: request.deadline)
        var request = request
        request.deadline -= ContinuousClock.now - begun
        let question = request
        let task = Task { try await model.respond(to: question, onText: onText) }
        answering = (number, task)
        handle(.questionBegan)
        var wasSilent = false
        defer {
            answering = nil
            handle(.questionEnded(wasSilent: wasSilent))
        }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch let error as ModelError {
            wasSilent = error == .silent
            throw error
        } catch {
            throw .cancelled
        }
    }

    private func turn(_ number: Int, within time: Duration) async throws(ModelError) -> HTTPModel {
        guard waiting.count < Self.longestQueue else { throw .busy }
        let patience = Task {
            // Cancelled once the turn has come.
            guard (try? await Task.sleep(for: time)) != nil else { return }
            turnAway(number, .deadlinePassed)
        }
        defer { patience.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting.append(Waiter(id: number, continuation: continuation))
                if case .ready = life.state, threads() < runningThreads, answering == nil { handle(.renewAsked) }
                handle(.wanted)
            }
        } onCancel: {
            Task { await self.turnAway(number, .cancelled) }
        }
        return try result.get()
    }

    private func turnAway(_ number: Int, _ error: ModelError) {
        guard let index = waiting.firstIndex(where: { $0.id == number }) else { return }
        waiting.remove(at: index).continuation.resume(returning: .failure(error))
    }

    /// Lets the first that waits ask, if nobody does.
    private func admit() {
        guard answering == nil, let model, !waiting.isEmpty else { return }
        let next = waiting.removeFirst()
        answering = (next.id, nil)
        shown.status = presentStatus
        next.continuation.resume(returning: .success(model))
    }

    // MARK: Carrying out

    private func handle(_ event: ServerLife.Event) {
        let now = ContinuousClock.now - epoch
        for action in life.handle(event, at: now, jitter: .random(in: 0..<1)) { perform(action) }
        shown.status = presentStatus
    }

    private func perform(_ action: ServerLife.Action) {
        switch action {
        case .check: check()
        case .spawn: spawn()
        case .askHealth: askHealth()
        case .askFirstAnswer: askFirstAnswer()
        case .closeCalls: answering?.task?.cancel()
        case .terminate: child?.signal(SIGTERM)
        case .kill: child?.signal(SIGKILL)
        case .wake(let pause):
            timer?.cancel()
            timer = Task {
                // Cancelled when a later one replaces it.
                guard (try? await Task.sleep(for: pause)) != nil else { return }
                handle(.timer)
            }
        case .admit: admit()
        case .turnAway(let fault):
            let reason = fault.map { "\($0)" } ?? "the local model server was stopped by /mistral stop"
            let all = waiting
            waiting = []
            for waiter in all { waiter.continuation.resume(returning: .failure(.serverDown(reason))) }
        case .announce(let fault):
            logger.warning(
                "the local model server: \(fault)", metadata: ["log": "\(log.all.suffix(3).joined(separator: " | "))"])
        }
    }

    private func check() {
        let preflight = Preflight(settings: settings, searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "")
        do {
            command = try preflight.check()
            handle(.checked(nil))
        } catch {
            handle(.checked(error))
        }
    }

    private func spawn() {
        log.removeAll()
        key = .random()
        runningThreads = max(1, threads())
        let inherited = ProcessInfo.processInfo.environment
        // Nothing else: our own secrets may stand in the environment.
        var environment = ["LLAMA_API_KEY": key.secret]
        for name in ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"] { environment[name] = inherited[name] }
        let ring = log
        do {
            let child = try ChildProcess.spawn(
                command, arguments: settings.arguments(threads: runningThreads), environment: environment,
                niceness: niceness, onLine: { ring.append($0) },
                onExit: { [weak self] status in
                    Task { await self?.ended(status) }
                })
            self.child = child
            note(child.pid)
            model = HTTPModel(endpoint)
            handle(.spawned(nil))
        } catch {
            handle(.spawned(error))
        }
    }

    private func note(_ pid: pid_t) {
        do {
            try ServerRecord(pid: pid, port: settings.port)?.write(settings.pidFile)
        } catch {
            logger.warning("the model server's number was not noted", metadata: ["error": "\(error)"])
        }
    }

    private func ended(_ status: ExitStatus) {
        child = nil
        model = nil
        ServerRecord.remove(settings.pidFile)
        let fault = ServerFault.reading(log.all, status: status, port: settings.port)
        handle(.exited(fault))
        let waiters = stopWaiters
        stopWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    private var endpoint: Endpoint {
        Endpoint(
            provider: .compatible, baseURL: "http://127.0.0.1:\(settings.port)/v1", model: settings.modelName,
            key: key, inactivity: settings.inactivity)
    }

    private func askHealth() {
        let url = "http://127.0.0.1:\(settings.port)/health"
        Task {
            let health: ServerLife.Health
            do {
                let answer = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(2))
                health = answer.status == .ok ? .good : .loading
            } catch let error as HTTPClientError where [.deadlineExceeded, .readTimeout].contains(error) {
                health = .silent
            } catch {
                health = .unreachable
            }
            handle(.health(health))
        }
    }

    /// Health alone proves the HTTP thread; damaged weights answer with control characters.
    private func askFirstAnswer() {
        guard let model else { return }
        let request = ChatRequest(
            system: "Answer briefly.", messages: [.init(.user, "Say hello.")], maxTokens: 8,
            deadline: settings.startupTimeout)
        Task {
            var isText = false
            do {
                let answer = try await model.respond(to: request)
                isText = answer.text.unicodeScalars.contains { $0.value > 0x20 && $0.value != 0x7F }
            } catch {
                logger.debug("the model server's first answer failed", metadata: ["error": "\(error)"])
            }
            handle(.tested(isText))
        }
    }
}

/// What others see of the server without waiting for it.
private final class StatusBoard: Sendable {
    private let current: Mutex<LocalServer.Status>

    init(_ status: LocalServer.Status) { current = Mutex(status) }

    var status: LocalServer.Status {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

/// The local server as a model.
public struct LocalModel: ChatModel {
    public let server: LocalServer
    public var name: String { server.settings.modelName }

    public init(_ server: LocalServer) { self.server = server }

    public func respond(
        to request: ChatRequest, onText: (@Sendable (String) async -> Void)?
    ) async throws(ModelError) -> ChatResponse {
        try await server.respond(to: request, onText: onText)
    }
}
