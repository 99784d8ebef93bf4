import CKernels
import Neural
import Testing

/// Every level of this processor, called directly, so that no test changes what the others use.
let levels: [(name: String, kernels: mf_table)] = KernelLevel.allCases.compactMap { level in
    mf_kernels(level.rawValue).map { (level.name, $0.pointee) }
}

/// Numbers of about unit size, the same in every run.
func numbers(_ count: Int, _ name: String, scale: Double = 1) -> [Float] {
    var stream = RandomStream(seed: 1).split(name)
    return (0..<count).map { _ in Float(scale * stream.normal()) }
}

/// `[rows × width]` with zeros after the first `live` of each row.
func padding(_ values: [Float], rows: Int, live: Int, width: Int) -> [Float] {
    (0..<rows * width).map { $0 % width < live ? values[$0 / width * live + $0 % width] : 0 }
}

func unpadding(_ values: [Float], rows: Int, live: Int, width: Int) -> [Double] {
    (0..<rows).flatMap { row in (0..<live).map { Double(values[row * width + $0]) } }
}

/// The largest difference, relative to the largest expected value.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
    let size = expected.reduce(1e-12) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / size
}

struct LayerShape: Sendable, CustomTestStringConvertible {
    let rows, inputs, outputs: Int
    var testDescription: String { "\(rows) rows, \(inputs)→\(outputs)" }

    static let all = [
        (1, 48, 64), (2, 1, 1), (5, 3, 17), (7, 48, 64), (13, 65, 100), (96, 64, 64), (97, 33, 3), (64, 64, 130),
    ].map { LayerShape(rows: $0.0, inputs: $0.1, outputs: $0.2) }
}

@Suite("Kernels agree with the plain reference on every instruction set")
struct KernelTests {
    @Test("the levels of this processor include the portable one and the best one")
    func levelsAreKnown() {
        #expect(levels.contains { $0.name == "portable" })
        #expect(levels.contains { $0.name == KernelLevel.best.name })
        #expect(KernelLevel(name: "avx2") == .avx2 && KernelLevel(name: "sse9") == nil)
    }

    @Test("a level the processor lacks is refused, and the one in use stays")
    func missingLevelIsRefused() throws {
        let missing = KernelLevel.allCases.first { mf_kernels($0.rawValue) == nil }
        let inUse = KernelLevel.inUse
        if let missing { #expect(throws: UnsupportedKernelLevel.self) { try missing.force() } }
        #expect(KernelLevel.inUse == inUse)
    }

    @Test("dense forward", arguments: LayerShape.all, Activation.allCases)
    func forward(shape: LayerShape, activation: Activation) {
        let (rows, inputs, outputs) = (shape.rows, shape.inputs, shape.outputs)
        let width = padded(outputs)
        let x = numbers(rows * inputs, "x")
        let weights = numbers(inputs * outputs, "w", scale: 1 / Double(inputs).squareRoot())
        let biases = numbers(outputs, "b")
        let expected = Reference.sums(
            x: x.map(Double.init), weights: weights.map(Double.init), biases: biases.map(Double.init), rows: rows)
        let w = padding(weights, rows: inputs, live: outputs, width: width)
        let b = padding(biases, rows: 1, live: outputs, width: width)
        for level in levels {
            var y = [Float](repeating: .nan, count: rows * width)
            var z = y
            level.kernels.dense_forward(x, inputs, w, b, &y, &z, width, rows, inputs, width, activation.rawValue)
            let found = unpadding(y, rows: rows, live: outputs, width: width)
            let sums = unpadding(z, rows: rows, live: outputs, width: width)
            #expect(relativeError(sums, expected) < 1e-5, "\(level.name)")
            #expect(relativeError(found, expected.map { Reference.activate($0, activation) }) < 1e-5, "\(level.name)")
            #expect((0..<rows * width).allSatisfy { $0 % width < outputs || y[$0] == 0 }, "\(level.name) padding")
        }
    }

    @Test(
        "a row's result does not depend on the rows beside it",
        arguments: [(64, Activation.tanh), (3, .linear), (1, .linear)])
    func rowsAreIndependent(outputs: Int, activation: Activation) {
        let width = padded(outputs)
        let x = numbers(50 * 48, "x")
        let w = padding(numbers(48 * outputs, "w", scale: 0.2), rows: 48, live: outputs, width: width)
        let b = padding(numbers(outputs, "b"), rows: 1, live: outputs, width: width)
        for level in levels {
            var all = [Float](repeating: .nan, count: 50 * width)
            level.kernels.dense_forward(x, 48, w, b, &all, nil, width, 50, 48, outputs, activation.rawValue)
            for row in [0, 5, 47, 49] {
                var alone = [Float](repeating: .nan, count: width)
                level.kernels.dense_forward(
                    Array(x[row * 48..<(row + 1) * 48]), 48, w, b, &alone, nil, width, 1, 48, outputs,
                    activation.rawValue)
                #expect(alone == Array(all[row * width..<(row + 1) * width]), "\(level.name)")
            }
        }
    }

    @Test("a head's few outputs are the same whether their padding is named or not, and its padding is written")
    func narrowOutputs() {
        for (rows, inputs, outputs) in [(1, 64, 3), (33, 48, 1), (50, 128, 4), (7, 16, 2), (5, 40, 3), (9, 1024, 3)] {
            let x = numbers(rows * inputs, "x")
            let weights = numbers(inputs * outputs, "w", scale: 1 / Double(inputs).squareRoot())
            let biases = numbers(outputs, "b")
            let gradients = numbers(rows * outputs, "g")
            let expected = Reference.sums(
                x: x.map(Double.init), weights: weights.map(Double.init), biases: biases.map(Double.init), rows: rows)
            let expectedGradients = Reference.weightGradients(
                x: x.map(Double.init), g: gradients.map(Double.init), rows: rows, inputs: inputs, outputs: outputs)
            let w = padding(weights, rows: inputs, live: outputs, width: 16)
            let b = padding(biases, rows: 1, live: outputs, width: 16)
            let g = padding(gradients, rows: rows, live: outputs, width: 16)
            for level in levels {
                for named in [outputs, 16] {
                    var y = [Float](repeating: .nan, count: rows * 16)
                    level.kernels.dense_forward(
                        x, inputs, w, b, &y, nil, 16, rows, inputs, named, Activation.linear.rawValue)
                    let found = unpadding(y, rows: rows, live: outputs, width: 16)
                    #expect(relativeError(found, expected) < 1e-5, "\(level.name)")
                    #expect((0..<rows * 16).allSatisfy { $0 % 16 < outputs || y[$0] == 0 }, "\(level.name) padding")
                    var dw = [Float](repeating: 0, count: inputs * 16)
                    var db = [Float](repeating: 0, count: 16)
                    level.kernels.dense_backward_weights(x, inputs, g, 16, &dw, &db, rows, inputs, named)
                    let slopes = unpadding(dw, rows: inputs, live: outputs, width: 16)
                    #expect(relativeError(slopes, expectedGradients.weights) < 1e-5, "\(level.name)")
                    #expect(relativeError(db[..<outputs].map(Double.init), expectedGradients.biases) < 1e-5)
                    #expect(dw.indices.allSatisfy { $0 % 16 < outputs || dw[$0] == 0 }, "\(level.name) padding")
                }
            }
        }
    }

    @Test(
        "a transposed matrix has rows for columns, and zeros to fill its rows up",
        arguments: [(64, 64), (48, 64), (33, 3), (5, 37)])
    func transpose(inputs: Int, outputs: Int) {
        let (wideInputs, wideOutputs) = (padded(inputs), padded(outputs))
        let w = padding(numbers(inputs * outputs, "w"), rows: inputs, live: outputs, width: wideOutputs)
        for level in levels {
            var transposed = [Float](repeating: .nan, count: outputs * wideInputs)
            level.kernels.transpose(w, inputs, outputs, wideOutputs, &transposed, wideInputs)
            for (index, value) in transposed.enumerated() {
                let (output, input) = (index / wideInputs, index % wideInputs)
                #expect(value == (input < inputs ? w[input * wideOutputs + output] : 0), "\(level.name)")
            }
        }
    }

    @Test("dense backward to the weights", arguments: LayerShape.all)
    func backwardWeights(shape: LayerShape) {
        let (rows, inputs, outputs) = (shape.rows, shape.inputs, shape.outputs)
        let width = padded(outputs)
        let x = numbers(rows * inputs, "x")
        let g = numbers(rows * outputs, "g")
        let expected = Reference.weightGradients(
            x: x.map(Double.init), g: g.map(Double.init), rows: rows, inputs: inputs, outputs: outputs)
        let wide = padding(g, rows: rows, live: outputs, width: width)
        for level in levels {
            var dw = [Float](repeating: 1, count: inputs * width)
            var db = [Float](repeating: 1, count: width)
            level.kernels.dense_backward_weights(x, inputs, wide, width, &dw, &db, rows, inputs, width)
            let weights = unpadding(dw, rows: inputs, live: outputs, width: width).map { $0 - 1 }
            let biases = unpadding(db, rows: 1, live: outputs, width: width).map { $0 - 1 }
            #expect(relativeError(weights, expected.weights) < 1e-5, "\(level.name)")
            #expect(relativeError(biases, expected.biases) < 1e-5, "\(level.name)")
        }
    }

    @Test("dense backward to the inputs, through the activation below", arguments: LayerShape.all, Activation.allCases)
    func backwardInputs(shape: LayerShape, below: Activation) {
        let (rows, inputs, outputs) = (shape.rows, shape.inputs, shape.outputs)
        let (wideInputs, wideOutputs) = (padded(inputs), padded(outputs))
        let sumsBelow = numbers(rows * inputs, "z")
        let weights = numbers(inputs * outputs, "w")
        let g = numbers(rows * outputs, "g")
        let expected = zip(
            Reference.inputGradients(
                g: g.map(Double.init), weights: weights.map(Double.init), rows: rows, inputs: inputs, outputs: outputs),
            sumsBelow
        ).map { $0 * Reference.slope(Double($1), below) }
        let kept = below == .tanh ? sumsBelow.map { Float(Reference.activate(Double($0), .tanh)) } : sumsBelow
        let wideKept = padding(kept, rows: rows, live: inputs, width: wideInputs)
        let wideWeights = padding(weights, rows: inputs, live: outputs, width: wideOutputs)
        let wide = padding(g, rows: rows, live: outputs, width: wideOutputs)
        for level in levels {
            var transposed = [Float](repeating: .nan, count: outputs * wideInputs)
            level.kernels.transpose(wideWeights, inputs, outputs, wideOutputs, &transposed, wideInputs)
            var gx = [Float](repeating: .nan, count: rows * wideInputs)
            level.kernels.dense_backward_inputs(
                wide, wideOutputs, transposed, &gx, wideInputs, wideKept, rows, wideInputs, outputs, below.rawValue)
            let found = unpadding(gx, rows: rows, live: inputs, width: wideInputs)
            #expect(relativeError(found, expected) < 1e-5, "\(level.name)")
        }
    }

    @Test("tanh stays within 1e-6 of the real one everywhere, and lets NaN through")
    func tanhAccuracy() {
        let x = stride(from: Float(-12), through: 12, by: 0.0037).map { $0 } + [100, -100, .infinity, -.infinity, 0]
        let w: [Float] = [1] + [Float](repeating: 0, count: 15)
        let b = [Float](repeating: 0, count: 16)
        for level in levels {
            var y = [Float](repeating: 0, count: x.count * 16)
            level.kernels.dense_forward(x, 1, w, b, &y, nil, 16, x.count, 1, 16, Activation.tanh.rawValue)
            let worst = x.indices.reduce(0.0) {
                max($0, abs(Double(y[$1 * 16]) - Reference.activate(Double(x[$1]), .tanh)))
            }
            #expect(worst < 1e-6, "\(level.name)")
            level.kernels.dense_forward([.nan], 1, w, b, &y, nil, 16, 1, 1, 16, Activation.tanh.rawValue)
            #expect(y[0].isNaN, "\(level.name)")
        }
    }

    @Test("gathered rows are the rows asked for", arguments: [1, 3, 16, 48, 50])
    func gather(width: Int) {
        let from = numbers(40 * width, "rows")
        let order: [Int32] = (0..<29).map { Int32(($0 * 7) % 40) }
        for level in levels {
            var to = [Float](repeating: 0, count: order.count * width)
            level.kernels.gather_rows(from, width, order, order.count, &to)
            #expect(to == order.flatMap { from[Int($0) * width..<(Int($0) + 1) * width] }, "\(level.name)")
        }
    }

    @Test("sums over flat arrays")
    func elementwise() {
        let x = numbers(64, "x")
        let y = numbers(64, "y")
        for level in levels {
            for count in [16, 48, 64] {
                let squares = x[..<count].reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(level.kernels.sum_of_squares(x, count) - squares) < 1e-9 * squares)
            }
            var sum = x
            level.kernels.add(&sum, y, 64)
            #expect(sum == zip(x, y).map { $0 + $1 })
            var pulled = [Float](repeating: 1, count: 64)
            level.kernels.add_pull(&pulled, x, y, 0.5, 64)
            #expect(relativeError(pulled.map(Double.init), zip(x, y).map { 1 + 0.5 * Double($0 - $1) }) < 1e-6)
        }
    }

    @Test("Adam follows the paper's algorithm for twenty steps")
    func adam() {
        let start = numbers(16, "p")
        for level in levels {
            var parameters = start
            var first = [Float](repeating: 0, count: 16)
            var second = first
            var expected = start.map(Double.init)
            var (m, v) = ([Double](repeating: 0, count: 16), [Double](repeating: 0, count: 16))
            for step in 1...20 {
                let gradient = numbers(16, "g\(step)")
                var values = mf_adam_step(
                    rate: Float(0.01 / (1 - power(0.9, step))), beta1: 0.9, beta2: 0.999,
                    second_correction: Float(1 / (1 - power(0.999, step)).squareRoot()), epsilon: 1e-5, decay: 1,
                    gradient_scale: 1)
                level.kernels.adam(&parameters, gradient, &first, &second, 16, &values)
                for index in 0..<16 {
                    Reference.adam(
                        parameter: &expected[index], gradient: Double(gradient[index]), first: &m[index],
                        second: &v[index], step: step, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-5)
                }
            }
            #expect(relativeError(parameters.map(Double.init), expected) < 1e-5, "\(level.name)")
        }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
