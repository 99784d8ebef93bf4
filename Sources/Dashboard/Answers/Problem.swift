import HTTPTypes
import Hummingbird

/// What is wrong with a request, or with us, as `application/problem+json`
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
struct Problem: Error {
    let status: HTTPResponse.Status
    /// For a person: what happened, what was kept, what to do next.
    let detail: String
    /// The cycle it is about.
    var cycle: Int64?
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ detail: String, cycle: Int64? = nil, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.cycle = cycle
        self.headers = headers
    }

    static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, detail) }
    static func notFound(_ detail: String) -> Problem { Problem(.notFound, detail) }
    static func conflict(_ detail: String, cycle: Int64? = nil) -> Problem { Problem(.conflict, detail, cycle: cycle) }

    static func wrongMethod(allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed, "Here \(allowed.joined(separator: ", ")) can be used.",
            headers: [.allow: allowed.joined(separator: ", ")])
    }
}

extension Problem {
    /// The members of RFC 9457; `about:blank` says that the status tells the kind.
    private struct Body: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let cycle: Int64?
    }

    func response() throws -> Response {
        var response = try Response.json(
            Body(title: status.reasonPhrase, status: status.code, detail: detail, cycle: cycle), status: status,
            headers: headers)
        response.headers[.contentType] = "application/problem+json"
        return response
    }
}
