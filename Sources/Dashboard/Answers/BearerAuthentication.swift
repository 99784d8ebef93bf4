import Foundation
import HTTPTypes
import Hummingbird
import Policies

/// Lets those pass who know the token ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)); nobody while there is none.
struct BearerAuthentication: RouterMiddleware {
    /// Digests are compared, so that neither time nor length tells anything of the token.
    private let expected: [UInt8]?

    init(token: String?) { expected = token.map(Self.digest) }

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let expected else {
            throw Problem(
                .forbidden,
                """
                The API is closed, since no token is set. Give the service a secret as the credential http_token or the \
                environment variable HTTP_TOKEN and start it again.
                """)
        }
        guard let given = bearer(request.headers[.authorization]) else {
            throw unauthorized("Send “Authorization: Bearer TOKEN” with the token of http_token.", "Bearer")
        }
        let difference = zip(Self.digest(given), expected).reduce(0) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0 else {
            throw unauthorized("The token is not the one of http_token.", "Bearer error=\"invalid_token\"")
        }
        return try await next(request, context)
    }

    private func bearer(_ header: String?) -> String? {
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else {
            return nil
        }
        let token = header[space...].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }

    private func unauthorized(_ detail: String, _ challenge: String) -> Problem {
        Problem(.unauthorized, detail, headers: [.wwwAuthenticate: challenge])
    }

    private static func digest(_ token: String) -> [UInt8] { Array(sha256(Data(token.utf8)).utf8) }
}
