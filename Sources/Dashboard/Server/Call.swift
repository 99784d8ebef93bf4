import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Policies
import Store

/// A request with what its answer needs.
struct Call {
    static let bodyLimit = 64 << 10

    let request: Request
    let context: BasicRequestContext
    let control: ControlPlane

    /// The number in the path under `name`; nil for anything that cannot name a thing here.
    func number(_ name: String) -> Int64? {
        context.parameters.get(name).flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// How many entries are wanted: `?limit=N`, 50 unless told.
    func limit() throws -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return 50 }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw Problem.badRequest("“limit” must be a whole number from 1 to 500.")
        }
        return limit
    }

    /// The body, whole.
    ///
    /// - Throws: ``Problem`` 413 when it is longer than ``bodyLimit``.
    func body() async throws -> Data {
        do {
            return Data(try await request.body.collect(upTo: Self.bodyLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is longer than \(Self.bodyLimit >> 10) KiB. Nothing was done.")
        }
    }

    /// What an order came to.
    struct Verdict: Sendable {
        let answer: Result<Response, Problem>
        /// What stands in the audit.
        let audit: String
        /// To be done once the order is stored.
        var afterwards: @Sendable (ControlPlane) -> Void = { _ in }
    }

    /// Carries out an order: its effect and its line in the audit land together or not at all.
    func order(
        _ command: String, _ arguments: String, decide: @escaping @Sendable (Transaction) throws -> Verdict
    ) async throws -> Response {
        let moment = control.now()
        let verdict = try await control.store.write { transaction in
            let verdict = try decide(transaction)
            try transaction.appendAudit(
                at: moment, user: nil, chat: nil, actor: "http", command: command, arguments: arguments,
                outcome: verdict.audit, digest: { sha256(Data($0.utf8)) })
            return verdict
        }
        verdict.afterwards(control)
        return try verdict.answer.get()
    }
}
