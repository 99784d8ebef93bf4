import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A request that got no answer, told in words that name neither address nor token.
struct TransportFailure: Error {
    /// Whether the server may have seen the request.
    var requestLeft: Bool
    var reason: String

    init(requestLeft: Bool, reason: String) {
        self.requestLeft = requestLeft
        self.reason = reason
    }

    init(_ error: any Error, requestLeft: Bool) {
        self.init(requestLeft: requestLeft, reason: Self.sentence(error, requestLeft: requestLeft))
    }

    private static func sentence(_ error: any Error, requestLeft: Bool) -> String {
        switch error {
        case let error as HTTPClientError: sentence(error, requestLeft: requestLeft)
        case let error as NIOConnectionError where error.connectionErrors.isEmpty:
            "the name \(error.host) cannot be resolved"
        case let error as NIOConnectionError: "\(error.host):\(error.port) does not accept connections"
        case let error as AnswerTooLarge: "the answer is larger than \(error.limit) bytes"
        case let error as IOError: sentence(error, requestLeft: requestLeft)
        case is HTTPParserError: "the answer broke off"
        case ChannelError.connectTimeout: "no connection came about in time"
        case is ChannelError: "the connection was closed"
        case is CancellationError: "the call was cancelled"
        default: "the connection failed (\(type(of: error)))"
        }
    }

    private static func sentence(_ error: IOError, requestLeft: Bool) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "the server does not accept connections"
        case ECONNRESET, EPIPE: "the connection was cut"
        case ENETUNREACH, EHOSTUNREACH: "the network cannot be reached"
        case ETIMEDOUT: "no connection came about in time"
        default: "the connection \(requestLeft ? "broke" : "could not be made") (errno \(error.errnoCode))"
        }
    }

    private static func sentence(_ error: HTTPClientError, requestLeft: Bool) -> String {
        switch error {
        case .deadlineExceeded, .readTimeout:
            requestLeft ? "no answer came in time" : "no connection came about in time"
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection came about in time"
        case .tlsHandshakeTimeout: "the TLS handshake took too long"
        case .remoteConnectionClosed: "the server closed the connection without an answer"
        case .cancelled: "the call was cancelled"
        case .alreadyShutdown: "the client has been shut down"
        default: "the connection failed (\(error.shortDescription))"
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(
            seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000)
    }
}
