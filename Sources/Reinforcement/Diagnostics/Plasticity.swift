import Neural

/// Whether a net can still learn: how many of its hidden units are alive and how many directions they span.
public struct Plasticity: Sendable, Equatable, Codable {
    /// Share of hidden units whose mean |activation| is at most 2.5 % of their layer's mean (Sokar et al. 2023, τ = 0.025). For
    /// tanh a unit stuck at ±1 is not dormant in this sense; see ``saturatedShare``.
    public let dormantShare: Double
    /// Share of hidden units whose |activation| exceeds 0.99 for at least 99 % of the observations; 0 for unbounded activations.
    public let saturatedShare: Double
    /// Fewest singular values of the last hidden layer's activations that hold 99 % of their sum (Kumar et al. 2021).
    public let effectiveRank: Int
    /// Units of the last hidden layer.
    public let lastLayerUnits: Int
}

extension ActorCritic {
    /// The plasticity of both nets over some observations `[count × observationSize]`, not normalised; a few hundred are enough.
    /// A policy with memory sees each as the first of an episode. Nil for a net without hidden layers.
    public func plasticity(observations: [Float]) -> (policy: Plasticity?, value: Plasticity?) {
        plasticity(inputs: netInputs(observations))
    }

    /// The same over what the nets read, `[count × (memoryUnits + observationSize)]`, normalised.
    func plasticity(inputs: [Float]) -> (policy: Plasticity?, value: Plasticity?) {
        func of(_ net: MLP) -> Plasticity? {
            let layers = hiddenActivations(net, inputs)
            guard let last = layers.last else { return nil }
            let units = Double(layers.reduce(0) { $0 + $1.layer.outputs })
            return Plasticity(
                dormantShare: Double(layers.reduce(0) { $0 + $1.dormantUnits.count }) / units,
                saturatedShare: Double(layers.reduce(0) { $0 + $1.saturatedUnits }) / units,
                effectiveRank: last.effectiveRank, lastLayerUnits: last.layer.outputs)
        }
        return (of(policyNet), of(valueNet))
    }

    /// Dormant hidden units of both nets as (layer, unit).
    func dormantUnits(inputs: [Float]) -> (policy: [(Int, Int)], value: [(Int, Int)]) {
        func of(_ net: MLP) -> [(Int, Int)] {
            hiddenActivations(net, inputs).enumerated().flatMap { index, activations in
                activations.dormantUnits.map { (index, $0) }
            }
        }
        return (of(policyNet), of(valueNet))
    }

    /// What the nets read of observations that are each the first of an episode.
    func netInputs(_ observations: [Float]) -> [Float] {
        let rows = observations.count / observationSize
        precondition(rows > 0 && observations.count == rows * observationSize, "observations of another size")
        var seen = observations
        normaliser?.apply(observations, to: &seen, rows: rows)
        guard let inputs = NetInputs(self, rows: rows, tile: rows) else { return seen }
        let first = inputs.advance(parameters: parameters, observations: seen, first: 0, count: rows)
        return Array(UnsafeBufferPointer(start: first, count: rows * inputs.stride))
    }

    /// One hidden layer's outputs, `[rows × width]`.
    private struct Activations {
        let layer: Dense
        let rows: Int
        let values: [Float]

        /// Mean |activation| of each unit.
        private var sizes: [Double] {
            var sums = [Double](repeating: 0, count: layer.outputs)
            values.withUnsafeBufferPointer { values in
                for row in 0..<rows {
                    for unit in 0..<layer.outputs { sums[unit] += Double(abs(values[row * layer.width + unit])) }
                }
            }
            return sums.map { $0 / Double(rows) }
        }

        var dormantUnits: [Int] {
            let sizes = sizes
            let mean = sizes.reduce(0, +) / Double(layer.outputs)
            return sizes.indices.filter { sizes[$0] <= 0.025 * mean }
        }

        var saturatedUnits: Int {
            guard layer.activation == .tanh else { return 0 }
            var counts = [Int](repeating: 0, count: layer.outputs)
            values.withUnsafeBufferPointer { values in
                for row in 0..<rows {
                    for unit in 0..<layer.outputs where abs(values[row * layer.width + unit]) > 0.99 {
                        counts[unit] += 1
                    }
                }
            }
            return counts.filter { Double($0) >= 0.99 * Double(rows) }.count
        }

        var effectiveRank: Int {
            let singular = SingularValues.of(values, rows: rows, columns: layer.outputs, stride: layer.width)
            let total = singular.reduce(0, +)
            guard total > 0 else { return 0 }
            var sum = 0.0
            let enough = singular.firstIndex { value in
                sum += value
                return sum >= 0.99 * total
            }
            return (enough ?? singular.count - 1) + 1
        }
    }

    private func hiddenActivations(_ net: MLP, _ inputs: [Float]) -> [Activations] {
        let rows = inputs.count / net.inputs
        let work = MLPWorkspace(net, capacity: rows, learns: false)
        _ = work.forward(parameters: parameters, x: inputs, xStride: net.inputs, rows: rows)
        return net.layers.dropLast().enumerated().map { index, layer in
            Activations(
                layer: layer, rows: rows,
                values: Array(UnsafeBufferPointer(start: work.hiddenOutputs(of: index), count: rows * layer.width)))
        }
    }
}
