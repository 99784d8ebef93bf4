#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the C kernels compute, written plainly in double precision: the standard they are tested against.
package enum Reference {
    package static func activate(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .linear: x
        case .tanh: tanh(x)
        case .silu: x / (1 + exp(-x))
        }
    }

    /// The activation's derivative at `x`, the sum before it.
    package static func slope(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .linear: return 1
        case .tanh: return 1 - tanh(x) * tanh(x)
        case .silu:
            let s = 1 / (1 + exp(-x))
            return s * (1 + x * (1 - s))
        }
    }

    /// Sums before the activation, `[rows × outputs]`, of x `[rows × inputs]`, weights `[inputs × outputs]`.
    package static func sums(x: [Double], weights: [Double], biases: [Double], rows: Int) -> [Double] {
        let outputs = biases.count
        let inputs = weights.count / outputs
        return (0..<rows * outputs).map { index in
            let (row, output) = (index / outputs, index % outputs)
            return (0..<inputs).reduce(biases[output]) { $0 + x[row * inputs + $1] * weights[$1 * outputs + output] }
        }
    }

    /// Gradients of the weights `[inputs × outputs]` and biases for `g` `[rows × outputs]`.
    package static func weightGradients(
        x: [Double], g: [Double], rows: Int, inputs: Int, outputs: Int
    ) -> (weights: [Double], biases: [Double]) {
        let weights = (0..<inputs * outputs).map { index in
            (0..<rows).reduce(0) { $0 + x[$1 * inputs + index / outputs] * g[$1 * outputs + index % outputs] }
        }
        return (weights, (0..<outputs).map { output in (0..<rows).reduce(0) { $0 + g[$1 * outputs + output] } })
    }

    /// g·Wᵀ, `[rows × inputs]`.
    package static func inputGradients(
        g: [Double], weights: [Double], rows: Int, inputs: Int, outputs: Int
    ) -> [Double] {
        (0..<rows * inputs).map { index in
            let (row, input) = (index / inputs, index % inputs)
            return (0..<outputs).reduce(0) { $0 + g[row * outputs + $1] * weights[input * outputs + $1] }
        }
    }

    /// A whole net's outputs; `parameters` is the arena.
    package static func forward(_ net: MLP, _ parameters: [Double], x: [Double], rows: Int) -> [Double] {
        var values = x
        for (index, layer) in net.layers.enumerated() {
            let weights = (0..<layer.inputs).flatMap { row in
                (0..<layer.outputs).map { parameters[layer.offset + row * layer.width + $0] }
            }
            let biases = (0..<layer.outputs).map { parameters[layer.offset + layer.inputs * layer.width + $0] }
            values = sums(x: values, weights: weights, biases: biases, rows: rows)
            if index < net.norms.count {
                let norm = net.norms[index]
                values = layerNorm(
                    values, gains: Array(parameters[norm.offset..<norm.offset + norm.features]),
                    biases: Array(parameters[norm.offset + norm.width..<norm.offset + norm.width + norm.features]),
                    rows: rows)
            }
            values = values.map { activate($0, layer.activation) }
        }
        return values
    }

    /// One step of Adam (Kingma & Ba 2015, algorithm 1, with torch's place for ε).
    package static func adam(
        parameter: inout Double, gradient: Double, first: inout Double, second: inout Double, step: Int, rate: Double,
        beta1: Double, beta2: Double, epsilon: Double
    ) {
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * gradient * gradient
        let firstHat = first / (1 - pow(beta1, Double(step)))
        let secondHat = second / (1 - pow(beta2, Double(step)))
        parameter -= rate * firstHat / (secondHat.squareRoot() + epsilon)
    }
}
