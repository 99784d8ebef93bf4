import ControlPlane
import Ensemble
import Foundation
import Hummingbird
import Store

let weightRoutes: [Route] = [.get("weights", weights), .put("weights", setWeights)]

private func weights(_ call: Call) throws -> Response {
    try .json(WeightsBody(try call.control.store.read { try call.control.ensemble.weights($0) }))
}

/// `{"weights": {"trading_ai": 0.3, …}, "frozen": true}`, either part may be left out; models that are not named keep theirs.
private func setWeights(_ call: Call) async throws -> Response {
    let order = try WeightOrder(decoding: try await call.body())
    let control = call.control
    return try await call.order("PUT /api/v1/weights", order.words) { transaction in
        do {
            let changed = try control.ensemble.change(transaction, reason: "by http") { weights in
                if let frozen = order.frozen { weights.freeze(frozen) }
                return try order.weights.map { try weights.set($0, by: "http") } ?? []
            }
            return .init(answer: .success(try .json(WeightsBody(changed))), audit: order.words)
        } catch let error as WeightError {
            return .init(answer: .failure(.badRequest("\(error)")), audit: "refused: \(error)")
        }
    }
}

/// The weights as the API shows them.
private struct WeightsBody: Encodable {
    struct Model: Encodable {
        let model: String
        let state: String
        let weight: Double
        let prior: Double
        let reason: String
        /// Trades it was scored on in its present state, and its mean gain above a coin's.
        let trades: Int
        let meanGain: Double
    }

    let frozen: Bool
    let models: [Model]

    init(_ weights: EnsembleWeights) {
        frozen = weights.isFrozen
        models = weights.members.map {
            Model(
                model: $0.name, state: $0.state.rawValue, weight: $0.weight, prior: $0.prior, reason: $0.reason,
                trades: $0.record.trades, meanGain: $0.record.mean)
        }
    }
}

private struct WeightOrder: Decodable, Sendable {
    var weights: [String: Double]?
    var frozen: Bool?

    /// - Throws: ``Problem`` 400 that says what is wrong.
    init(decoding data: Data) throws {
        let form =
            "The body must be a JSON object such as {\"weights\": {\"trading_ai\": 0.4, \"lava_ai\": 0.6}} or {\"frozen\": true}. Nothing was done."
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch { throw Problem.badRequest(form) }
        guard weights != nil || frozen != nil else { throw Problem.badRequest(form) }
    }

    var words: String {
        let list = (weights ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return (list + (frozen.map { ["frozen=\($0)"] } ?? [])).joined(separator: " ")
    }
}
