import AsyncHTTPClient
import FoundationEssentials
import Logging
import Market
import NIOCore
import Synchronization

/// Candles from Binance's public REST interface; no key is needed.
///
/// ```swift
/// let client = try BinanceClient(http: http)
/// for try await batch in client.candles(symbol: symbol, interval: .oneHour, since: last) { … }
/// ```
///
/// Request limits are per address: use one client for the whole process, so that its requests share one pacing.
public final class BinanceClient: Sendable {
    /// The host that serves market data only.
    public static let defaultBaseURL = "https://data-api.binance.vision"
    /// The most rows Binance returns at once.
    public static let pageLimit = 1000

    /// How time passes for the client; tests bring their own.
    package struct Timing: Sendable {
        /// Milliseconds of a steady clock.
        package var now: @Sendable () -> Int64
        package var sleep: @Sendable (_ milliseconds: Int64) async throws -> Void

        package init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async throws -> Void) {
            self.now = now
            self.sleep = sleep
        }

        package static let live: Timing = {
            let start = ContinuousClock.now
            return Timing(
                now: { Int64((ContinuousClock.now - start) / .milliseconds(1)) },
                sleep: { try await Task.sleep(for: .milliseconds($0)) })
        }()
    }

    private static let requestTimeout: TimeAmount = .seconds(20)
    private static let bodyLimit = 4 << 20

    /// For an `HTTPClient` of its own: a host that refuses the connection is reported at once, one that is silent after 5 s.
    public static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(20)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// For messages.
    public let host: String
    private let baseURL: String
    private let http: HTTPClient
    private let logger: Logger
    private let timing: Timing
    private let pacing: Mutex<BinancePacing>

    /// - Parameter baseURL: scheme, host and port; a path before `/api` is kept.
    /// - Throws: ``BinanceError/badBaseURL(_:)``
    public convenience init(
        http: HTTPClient, baseURL: String = BinanceClient.defaultBaseURL, logger: Logger = Logger(label: "binance")
    ) throws(BinanceError) {
        try self.init(http: http, baseURL: baseURL, logger: logger, timing: .live)
    }

    package init(
        http: HTTPClient, baseURL: String, logger: Logger = Logger(label: "binance"), timing: Timing
    ) throws(BinanceError) {
        guard let url = URL(string: baseURL), url.scheme == "https" || url.scheme == "http", let host = url.host(),
            !host.isEmpty, url.query() == nil
        else { throw .badBaseURL(Excerpt.of(baseURL)) }
        self.host = host
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.http = http
        self.logger = logger
        self.timing = timing
        pacing = Mutex(BinancePacing())
    }

    /// Binance's clock, UTC milliseconds.
    public func serverTime() async throws -> Int64 {
        let time = try await get("/api/v3/time", as: BinanceTime.self, symbol: nil).serverTime
        guard Candle.openTimes.contains(time) else {
            throw BinanceError.unexpectedAnswer(host: host, reason: "its time is \(time)")
        }
        return time
    }

    /// Up to `limit` candles in time order, the last one possibly still open.
    ///
    /// Rows that are no sound candle are left out and logged.
    /// - Parameters:
    ///   - from: the smallest open time wanted (UTC milliseconds); nil for the latest candles.
    ///   - limit: 1 to ``pageLimit``.
    /// - Throws: ``BinanceError``, `CancellationError`
    public func klines(
        symbol: Symbol, interval: Interval, from: Int64? = nil, limit: Int = BinanceClient.pageLimit
    ) async throws -> [Candle] {
        let rows = try await page(symbol: symbol, interval: interval, from: from, limit: limit)
        return try sound(rows, symbol: symbol, interval: interval)
    }

    /// All closed candles with open times in `since ..< until`, page by page; nil means from the first, up to now.
    ///
    /// A page is fetched when it is asked for. The stream throws ``BinanceError`` or `CancellationError`.
    public func candles(
        symbol: Symbol, interval: Interval, since: Int64? = nil, until: Int64? = nil
    ) -> AsyncThrowingStream<[Candle], any Error> {
        let pages = BinancePages(self, symbol: symbol, interval: interval, since: since, until: until)
        return AsyncThrowingStream { try await pages.next() }
    }

    /// The rows as they came, which is what paging goes by.
    func page(symbol: Symbol, interval: Interval, from: Int64?, limit: Int) async throws -> [Candle] {
        let limit = min(max(1, limit), Self.pageLimit)
        let start = from.map { "&startTime=\(max(0, $0))" } ?? ""
        let query = "/api/v3/klines?symbol=\(symbol)&interval=\(interval)&limit=\(limit)\(start)"
        let rows = try await get(query, as: [BinanceKline].self, symbol: symbol).map(\.candle)
        guard rows.count <= limit else {
            throw BinanceError.unexpectedAnswer(host: host, reason: "\(rows.count) rows instead of at most \(limit)")
        }
        guard zip(rows, rows.dropFirst()).allSatisfy({ $0.openTime < $1.openTime }) else {
            throw BinanceError.unexpectedAnswer(host: host, reason: "open times do not rise from row to row")
        }
        if let from, let first = rows.first, first.openTime < from {
            throw BinanceError.unexpectedAnswer(
                host: host, reason: "open time \(first.openTime) is before the \(from) asked for")
        }
        return rows
    }

    /// Binance itself has bars that break its grid (December 2017, February 2018); one of them must not end every sync.
    func sound(_ rows: [Candle], symbol: Symbol, interval: Interval) throws(BinanceError) -> [Candle] {
        let sound = rows.filter { $0.fault(interval: interval) == nil }
        guard sound.count < rows.count else { return sound }
        let faults = rows.lazy.compactMap { row in
            row.fault(interval: interval).map { "opened at \(row.openTime): \($0)" }
        }
        let first = faults.first ?? ""
        guard !sound.isEmpty else {
            throw .unexpectedAnswer(host: host, reason: "none of \(rows.count) rows is a \(interval) candle; \(first)")
        }
        logger.warning(
            "left out \(rows.count - sound.count) of \(rows.count) candles of \(symbol) \(interval); \(first)")
        return sound
    }

    private func get<Value: Decodable & Sendable>(_ path: String, as type: Value.Type, symbol: Symbol?) async throws
        -> Value
    {
        var attempt = 1
        while true {
            try await waitForAdmission()
            let result = try await send(path)
            let outcome: BinancePacing.Outcome =
                switch result {
                case .success(let answer): answer.outcome(host: host, symbol: symbol)
                case .failure(let error): error.isTemporary ? .failed(error) : .refused(error)
                }
            switch pacing.withLock({ $0.react(to: outcome, attempt: attempt, now: timing.now()) }) {
            case .deliver: return try result.get().decode(type, host: host)
            case .retry: logger.info("asking \(host) again after attempt \(attempt): \(outcome.reason)")
            case .fail(let error): throw error
            }
            attempt += 1
        }
    }

    private func waitForAdmission() async throws {
        while true {
            try Task.checkCancellation()
            switch pacing.withLock({ $0.admit(now: timing.now()) }) {
            case .send: return
            case .wait(let milliseconds): try await timing.sleep(milliseconds)
            case .refuse(let error): throw error
            }
        }
    }

    /// Throws only when cancelled.
    private func send(_ path: String) async throws -> Result<BinanceAnswer, BinanceError> {
        do {
            return .success(try await exchange(path))
        } catch {
            try Task.checkCancellation()
            if error is NIOTooManyBytesError {
                return .failure(.unexpectedAnswer(host: host, reason: "more than \(Self.bodyLimit) bytes"))
            }
            return .failure(.unreachable(host: host, reason: Excerpt.of("\(error)")))
        }
    }

    private func exchange(_ path: String) async throws -> BinanceAnswer {
        let request = HTTPClientRequest(url: baseURL + path)
        return try await withThrowingTaskGroup(of: BinanceAnswer?.self) { [http, logger] group in
            group.addTask {
                let response = try await http.execute(request, timeout: Self.requestTimeout, logger: logger)
                return BinanceAnswer(
                    status: Int(response.status.code),
                    usedWeight: response.headers.first(name: "X-MBX-USED-WEIGHT-1M").flatMap { Int($0) },
                    retryAfterSeconds: response.headers.first(name: "Retry-After").flatMap { Int($0) },
                    body: Data(try await response.body.collect(upTo: Self.bodyLimit).readableBytesView))
            }
            // The request's own timeout ends with the head of the answer; the body must not trickle for ever.
            group.addTask {
                try await Task.sleep(for: .nanoseconds(Self.requestTimeout.nanoseconds * 2))
                return nil
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() ?? nil else { throw HTTPClientError.readTimeout }
            return answer
        }
    }
}
