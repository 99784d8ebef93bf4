import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import Policies
import Store

let policyRoutes: [Route] = [
    .get("policies", list), .get("policies/:version", show), .post("policies/:version/rollback", rollBack),
]

private func list(_ call: Call) throws -> Response {
    let limit = try call.limit()
    let records = try call.control.store.read { try $0.policies(limit: limit) }
    return try .json(["policies": records.map { PolicyBody($0) }])
}

/// A version by number, or the one that is `champion` or `fallback`.
private func show(_ call: Call) throws -> Response {
    let record = try call.control.store.read { transaction in
        switch call.context.parameters.get("version") {
        case "champion": try transaction.policy(in: .champion)
        case "fallback": try transaction.policy(in: .fallback)
        default: try call.number("version").flatMap { try transaction.policy(Int($0)) }
        }
    }
    guard let record else { throw Problem.noSuchVersion }
    return try .json(PolicyBody(record, manifest: PolicyManifest(decoding: Data(record.manifest.utf8))))
}

private func rollBack(_ call: Call) async throws -> Response {
    guard let version = call.number("version").map(Int.init) else { throw Problem.noSuchVersion }
    let control = call.control
    return try await call.order("POST /api/v1/policies/\(version)/rollback", "") { transaction in
        guard let target = try transaction.policy(version) else {
            return .init(answer: .failure(.noSuchVersion), audit: "no version \(version)")
        }
        guard let champion = try transaction.policy(in: .champion) else {
            let detail = "No version serves yet, so there is nothing to roll back from."
            return .init(answer: .failure(.conflict(detail)), audit: "nothing to roll back from")
        }
        guard target.version != champion.version else {
            return .init(answer: .success(try .json(PolicyBody(target))), audit: "already champion")
        }
        let proof: PublishedPolicy
        do {
            proof = try control.verifiedPolicy(version)
            guard proof.sha256 == target.sha256 else {
                throw PolicyError.damaged(path: proof.folder.path, reason: "its hash is not the one recorded")
            }
        } catch let error as PolicyError {
            return .init(answer: .failure(.conflict("\(error)")), audit: "refused: \(error)")
        }
        try control.promote(proof, by: "http", in: transaction)
        let body = PolicyBody(try transaction.policy(version) ?? target)
        return .init(answer: .success(try .json(body)), audit: "\(champion.name) → \(target.name)") {
            $0.obeyPolicyChange()
        }
    }
}

extension Problem {
    fileprivate static let noSuchVersion = notFound("There is no such version. GET /api/v1/policies lists them.")
}
