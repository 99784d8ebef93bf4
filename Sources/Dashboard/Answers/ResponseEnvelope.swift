import ControlPlane
import HTTPTypes
import Hummingbird
import Logging
import Store

/// Around every answer: errors become problems, each answer is counted and carries the security headers.
struct ResponseEnvelope: RouterMiddleware {
    let metrics: MetricsRegistry
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch {
            response = try problem(for: error, request).response()
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-store"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        metrics.increment(
            "marketflow_http_requests_total", help: "Answers of the HTTP server.",
            labels: ["status": "\(response.status.code)"])
        return response
    }

    private func problem(for error: any Error, _ request: Request) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let error as HTTPError where error.status == .notFound:
            return .notFound("There is nothing at \(request.uri.path.prefix(200)).")
        case let error as HTTPError:
            return Problem(error.status, error.body ?? "The request was refused.", headers: error.headers)
        case let error as StoreError:
            log(error, request)
            return Problem(.serviceUnavailable, "\(error)", headers: [.retryAfter: "5"])
        default:
            log(error, request)
            return Problem(.internalServerError, "This failed here, not with you. The log says more.")
        }
    }

    private func log(_ error: any Error, _ request: Request) {
        logger.error(
            "a request failed",
            metadata: ["request": "\(request.method) \(request.uri.path)", "error": "\(error)"])
    }
}
