import Foundation
import NIOCore

/// Why the server cannot serve, in words for the operator.
public struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(cannotListenOn host: String, port: Int, _ error: any Error) {
        let (reason, remedy) = Self.explanation(of: error, host: host, port: port)
        description = "HTTP cannot listen on \(host) port \(port): \(reason). Nothing was started; \(remedy)."
    }

    private static func explanation(of error: any Error, host: String, port: Int) -> (reason: String, remedy: String) {
        guard let code = (error as? IOError)?.errnoCode else {
            return ("“\(host)” is not an address of this machine (\(error))", "correct http.host, or use 127.0.0.1")
        }
        return switch code {
        case EADDRINUSE: ("another process uses it", "stop that one, or set http.port to a free port (0 takes any)")
        case EACCES: ("this user may not use ports below 1024", "set http.port to a higher one")
        case EADDRNOTAVAIL: ("no network interface has this address", "correct http.host, or use 127.0.0.1")
        default: (String(cString: strerror(code)), "check http.host and http.port")
        }
    }
}
