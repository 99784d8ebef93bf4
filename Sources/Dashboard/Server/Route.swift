import ControlPlane
import HTTPTypes
import Hummingbird

/// One thing the server answers: a method, a path and what it leads to.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// `:name` stands for one segment.
    let path: String
    let answer: @Sendable (Call) async throws -> Response

    static func get(_ path: String, _ answer: @escaping @Sendable (Call) async throws -> Response) -> Route {
        Route(method: .get, path: path, answer: answer)
    }

    static func post(_ path: String, _ answer: @escaping @Sendable (Call) async throws -> Response) -> Route {
        Route(method: .post, path: path, answer: answer)
    }

    static func put(_ path: String, _ answer: @escaping @Sendable (Call) async throws -> Response) -> Route {
        Route(method: .put, path: path, answer: answer)
    }
}

extension [Route] {
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]

    /// Registers the routes; every other method on one of their paths is answered by 405.
    func register(in router: some RouterMethods<BasicRequestContext>, control: ControlPlane) {
        for route in self {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await route.answer(Call(request: request, context: context, control: control))
            }
        }
        for (path, routes) in Dictionary(grouping: self, by: \.path) {
            var allowed = routes.map(\.method)
            if allowed.contains(.get) { allowed.append(.head) }
            let problem = Problem.wrongMethod(allowed: allowed.map(\.rawValue).sorted())
            for method in Self.methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in throw problem }
            }
        }
    }
}
