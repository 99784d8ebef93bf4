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
    /// Nil for a net without hidden layers.
    public func plasticity(observations: [Float]) -> (policy: Plasticity?, value: Plasticity?) {
        func of(_ net: MLP) -> Plasticity? {
            let layers = hiddenActivations(net, observations)
            guard let last = layers.last else { return nil }
            let units = Double(layers.reduce(0) { $0 + $1.layer.outputs })
            return Plasticity(
                dormantShare: Double(layers.reduce(0) { $0 + $1.dormantUnits.count }) / units,
                saturatedShare: Double(layers.reduce(0) { $0 + $1.saturatedUnits }) / units,
                effectiveRank: Self.effectiveRank(last), lastLayerUnits: last.layer.outputs)
        }
        return (of(policyNet), of(valueNet))
    }

    /// Dormant hidden units of both nets as (layer, unit).
    func dormantUnits(observations: [Float]) -> (policy: [(Int, Int)], value: [(Int, Int)]) {
        func of(_ net: MLP) -> [(Int, Int)] {
            hiddenActivations(net, observations).enumerated().flatMap { index, activations in
                activations.dormantUnits.map { (index, $0) }
            }
        }
        return (of(policyNet), of(valueNet))
    }

    /// One hidden layer's outputs, `[rows × width]`.
    private struct Activations {
        let layer: Dense
        let rows: Int
        let values: [Float]

        func size(_ row: Int, _ unit: Int) -> Float { abs(values[row * layer.width + unit]) }

        var dormantUnits: [Int] {
            let means = (0..<layer.outputs).map { unit in
                (0..<rows).reduce(0.0) { $0 + Double(size($1, unit)) } / Double(rows)
            }
            let mean = means.reduce(0, +) / Double(layer.outputs)
            return means.indices.filter { means[$0] <= 0.025 * mean }
        }

        var saturatedUnits: Int {
            guard layer.activation == .tanh else { return 0 }
            return (0..<layer.outputs).filter { unit in
                Double((0..<rows).filter { size($0, unit) > 0.99 }.count) >= 0.99 * Double(rows)
            }.count
        }
    }

    private func hiddenActivations(_ net: MLP, _ observations: [Float]) -> [Activations] {
        let rows = observations.count / observationSize
        precondition(rows > 0 && observations.count == rows * observationSize, "observations of another size")
        var input = observations
        if let normaliser {
            input.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { normaliser.apply(base, to: base, rows: rows) }
            }
        }
        var stride = net.inputs
        return net.layers.dropLast().map { layer in
            var output = [Float](repeating: 0, count: rows * layer.width)
            layer.forward(parameters: parameters, x: input, xStride: stride, y: &output, rows: rows)
            input = output
            stride = layer.width
            return Activations(layer: layer, rows: rows, values: output)
        }
    }

    private static func effectiveRank(_ activations: Activations) -> Int {
        let (columns, values, stride) = (activations.layer.outputs, activations.values, activations.layer.width)
        var gram = [[Double]](repeating: [Double](repeating: 0, count: columns), count: columns)
        for row in 0..<activations.rows {
            for i in 0..<columns {
                let value = Double(values[row * stride + i])
                for j in 0...i { gram[i][j] += value * Double(values[row * stride + j]) }
            }
        }
        for i in 0..<columns { for j in 0..<i { gram[j][i] = gram[i][j] } }
        let singular = symmetricEigenvalues(gram).map { max(0, $0).squareRoot() }.sorted(by: >)
        let total = singular.reduce(0, +)
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (index, value) in singular.enumerated() {
            sum += value
            if sum >= 0.99 * total { return index + 1 }
        }
        return columns
    }

    /// Jacobi's cyclic method (Golub & Van Loan, section 8.5).
    private static func symmetricEigenvalues(_ matrix: [[Double]]) -> [Double] {
        var a = matrix
        let n = a.count
        for _ in 0..<30 {
            var off = 0.0
            for i in 0..<n { for j in 0..<i { off += a[i][j] * a[i][j] } }
            let diagonal = (0..<n).reduce(0.0) { $0 + a[$1][$1] * a[$1][$1] }
            if off <= 1e-20 * diagonal { break }
            for p in 0..<n {
                for q in p + 1..<max(n, p + 1) where a[p][q] != 0 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta >= 0 ? 1.0 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<n {
                        let (akp, akq) = (a[k][p], a[k][q])
                        a[k][p] = c * akp - s * akq
                        a[k][q] = s * akp + c * akq
                    }
                    for k in 0..<n {
                        let (apk, aqk) = (a[p][k], a[q][k])
                        a[p][k] = c * apk - s * aqk
                        a[q][k] = s * apk + c * aqk
                    }
                }
            }
        }
        return (0..<n).map { a[$0][$0] }
    }
}
