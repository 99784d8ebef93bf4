#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Reference {
    /// Layer norm of x `[rows × features]`.
    package static func layerNorm(_ x: [Double], gains: [Double], biases: [Double], rows: Int) -> [Double] {
        let features = gains.count
        return (0..<rows).flatMap { row -> [Double] in
            let values = x[row * features..<(row + 1) * features]
            let mean = values.reduce(0, +) / Double(features)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(features)
            let deviation = (variance + Double(LayerNorm.epsilon)).squareRoot()
            return values.enumerated().map { gains[$0] * ($1 - mean) / deviation + biases[$0] }
        }
    }

    /// The gradient of layer norm's input for `g` `[rows × features]`, by its Jacobian (gᵢⱼ written out, no shared sums).
    package static func layerNormInputGradient(_ x: [Double], gains: [Double], g: [Double], rows: Int) -> [Double] {
        let features = gains.count
        let count = Double(features)
        return (0..<rows).flatMap { row -> [Double] in
            let values = Array(x[row * features..<(row + 1) * features])
            let mean = values.reduce(0, +) / count
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count + Double(LayerNorm.epsilon)
            let deviation = variance.squareRoot()
            return (0..<features).map { input in
                (0..<features).reduce(0) { sum, output in
                    let own: Double = input == output ? 1 : 0
                    let shared = (values[input] - mean) * (values[output] - mean) / (count * variance)
                    return sum + g[row * features + output] * gains[output] * (own - 1 / count - shared) / deviation
                }
            }
        }
    }

    /// One step of a gated recurrent unit: gx and gh `[rows × 3·units]` in the order r, z, n, h `[rows × units]`.
    package static func gru(gx: [Double], gh: [Double], h: [Double], rows: Int) -> [Double] {
        let units = h.count / rows
        func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        return (0..<rows * units).map { index in
            let (row, unit) = (index / units, index % units)
            let at = row * 3 * units + unit
            let r = logistic(gx[at] + gh[at])
            let z = logistic(gx[at + units] + gh[at + units])
            let n = tanh(gx[at + 2 * units] + r * gh[at + 2 * units])
            return (1 - z) * n + z * h[index]
        }
    }

    /// The states `[steps × rows × units]` of a whole run; `parameters` is the arena, `begins` `[steps × rows]`.
    package static func states(
        _ net: GRU, _ parameters: [Double], x: [Double], initial: [Double], begins: [UInt8], rows: Int
    ) -> [Double] {
        func part(_ layer: Dense, _ x: [Double]) -> [Double] {
            let weights = Array(parameters[layer.offset..<layer.offset + layer.inputs * layer.width])
            let biases = Array(parameters[layer.biasOffset..<layer.biasOffset + layer.width])
            return sums(x: x, weights: weights, biases: biases, rows: rows)
        }
        var state = initial
        var states: [Double] = []
        for step in 0..<begins.count / rows {
            for row in 0..<rows where begins[step * rows + row] != 0 {
                for unit in 0..<net.units { state[row * net.units + unit] = 0 }
            }
            let now = Array(x[step * rows * net.inputs..<(step + 1) * rows * net.inputs])
            state = gru(gx: part(net.input, now), gh: part(net.recurrent, state), h: state, rows: rows)
            states += state
        }
        return states
    }

    /// A causal convolution of x `[sequences × steps × inputs]`; weights `[kernel × inputs × outputs]`.
    package static func convolution(
        _ layer: Conv1D, weights: [Double], biases: [Double], x: [Double], sequences: Int, steps: Int
    ) -> [Double] {
        let (inputs, outputs) = (layer.inputs, layer.outputs)
        var result: [Double] = []
        for sequence in 0..<sequences {
            for step in 0..<steps {
                for output in 0..<outputs {
                    var sum = biases[output]
                    for tap in 0..<layer.kernel {
                        let seen = step - (layer.kernel - 1 - tap) * layer.dilation
                        guard seen >= 0 else { continue }
                        for input in 0..<inputs {
                            sum +=
                                x[(sequence * steps + seen) * inputs + input]
                                * weights[(tap * inputs + input) * outputs + output]
                        }
                    }
                    result.append(activate(sum, layer.activation))
                }
            }
        }
        return result
    }
}
