import Hummingbird
import Logging
import NIOCore

/// A strict stand-in for Binance's market data interface on a free loopback port: it refuses what the real one refuses,
/// in the same words, and fails when told to.
///
/// ```swift
/// let server = try await BinanceServer.start(series: [.randomWalk(symbol: "BTCUSDT", interval: "15m", from: start, count: 5000)])
/// await server.inject(.rateLimited(retryAfter: 1))
/// // … use server.baseURL …
/// await server.stop()
/// ```
public final class BinanceServer: Sendable {
    /// `http://127.0.0.1:PORT`
    public let baseURL: String
    private let exchange: Exchange
    private let task: Task<Void, any Error>

    private init(port: Int, exchange: Exchange, task: Task<Void, any Error>) {
        baseURL = "http://127.0.0.1:\(port)"
        self.exchange = exchange
        self.task = task
    }

    deinit { task.cancel() }

    /// Starts serving `series`.
    /// - Parameter time: what the exchange's clock shows, UTC milliseconds; nil is the end of the last candle of all series.
    ///   Candles that open later do not exist yet, and the one that contains it is still open.
    public static func start(series: [Series], time: Int64? = nil) async throws -> BinanceServer {
        let exchange = Exchange(series: series, time: time ?? series.compactMap(\.end).max() ?? 0)
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: CallbackResponder { (request: Request, context: ExchangeContext) in
                try await exchange.respond(to: request, channel: context.channel)
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { announce.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "binance-server") { _ in SwiftLogNoOpLogHandler() })
        let task = Task {
            defer { announce.finish() }
            try await application.run()
        }
        for await port in ports { return BinanceServer(port: port, exchange: exchange, task: task) }
        try await task.value
        throw CancellationError()
    }

    /// Closes the port and every connection.
    public func stop() async {
        task.cancel()
        // Cancelling is how it ends; there is nothing else to learn from its result.
        _ = await task.result
    }

    /// Each fault meets one of the next requests, in order.
    public func inject(_ faults: Fault...) async { await exchange.inject(faults) }

    /// Everything asked so far, in order.
    public var requests: [ReceivedRequest] { get async { await exchange.requests } }

    /// Moves the exchange's clock; later candles come into being, and the used weight starts anew with each minute.
    public func setTime(_ time: Int64) async { await exchange.setTime(time) }

    /// Request weight a minute before 429 is answered; 6000 unless set.
    public func setWeightLimit(_ limit: Int) async { await exchange.setWeightLimit(limit) }

    /// Replaces candles with corrected ones, or adds a series.
    public func serve(_ series: Series) async { await exchange.serve(series) }
}

/// A request as it arrived.
public struct ReceivedRequest: Sendable, Hashable {
    public let path: String
    public let parameters: [String: String]
}

struct ExchangeContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }
}
