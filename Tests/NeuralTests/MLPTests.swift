import CKernels
import Neural
import Testing

@Suite("Nets")
struct MLPTests {
    @Test(
        "backpropagated gradients agree with finite differences in double",
        arguments: [Activation.tanh, .silu], [[5, 7, 3], [4, 18, 9, 2], [3, 2]])
    func gradients(activation: Activation, sizes: [Int]) {
        let rows = 11
        let net = MLP(sizes: sizes, activation: activation, offset: 32)
        let parameters = FloatBuffer(count: net.parameterRange.upperBound)
        var stream = RandomStream(seed: 4)
        net.initialiseOrthogonal(parameters.base, hiddenGain: 1.4, outputGain: 1, random: &stream)
        let x = numbers(rows * sizes[0], "x")
        let weights = numbers(rows * net.outputs, "loss weights")
        // The loss is a fixed weighting of the outputs, so its gradient at the outputs is those weights.
        func loss(_ parameters: [Double]) -> Double {
            zip(Reference.forward(net, parameters, x: x.map(Double.init), rows: rows), weights).reduce(0) {
                $0 + $1.0 * Double($1.1)
            }
        }
        let work = MLPWorkspace(net, capacity: rows, learns: true)
        let transposed = TransposedWeights(net)
        transposed.refresh(parameters.base)
        let output = work.forward(parameters: parameters.base, x: x, xStride: sizes[0], rows: rows)
        let expected = Reference.forward(net, parameters.array.map(Double.init), x: x.map(Double.init), rows: rows)
        let found = unpadding(
            Array(UnsafeBufferPointer(start: output, count: rows * net.outputWidth)), rows: rows, live: net.outputs,
            width: net.outputWidth)
        #expect(relativeError(found, expected) < 1e-5)

        let gradients = FloatBuffer(count: parameters.count)
        work.backward(
            transposed: transposed, x: x, xStride: sizes[0],
            outputGradient: padding(weights, rows: rows, live: net.outputs, width: net.outputWidth),
            into: gradients.base, rows: rows)
        let point = parameters.array.map(Double.init)
        var slopes = [Double](repeating: 0, count: point.count)
        for layer in net.layers {
            for index in layer.parameterRange where (index - layer.offset) % layer.width < layer.outputs {
                var (up, down) = (point, point)
                up[index] += 1e-5
                down[index] -= 1e-5
                slopes[index] = (loss(up) - loss(down)) / 2e-5
            }
        }
        #expect(relativeError(gradients.array.map(Double.init), slopes) < 1e-4)
    }

    @Test(
        "orthogonal weights have orthonormal rows or columns times the gain", arguments: [(48, 64), (64, 64), (64, 3)])
    func orthogonal(rows: Int, columns: Int) {
        var stream = RandomStream(seed: 5)
        let gain = 2.0.squareRoot()
        let w = Initialisation.orthogonal(rows: rows, columns: columns, gain: gain, random: &stream).map(Double.init)
        let count = min(rows, columns)
        func entry(_ vector: Int, _ index: Int) -> Double {
            rows >= columns ? w[index * columns + vector] : w[vector * columns + index]
        }
        for i in 0..<count {
            for j in 0...i {
                let product = (0..<max(rows, columns)).reduce(0) { $0 + entry(i, $1) * entry(j, $1) }
                #expect(abs(product - (i == j ? 2 : 0)) < 1e-5)
            }
        }
    }

    @Test("Kaiming weights have variance 2 / inputs")
    func kaiming() {
        var stream = RandomStream(seed: 6)
        let w = Initialisation.kaiming(inputs: 50, outputs: 400, random: &stream)
        let variance = w.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(w.count)
        #expect(abs(variance - 2.0 / 50) < 0.001)
    }

    @Test("the gradient's norm is clipped, and a gradient that is not finite moves nothing")
    func clipping() {
        let parameters = FloatBuffer([Float](repeating: 1, count: 16))
        let adam = Adam(count: 16)
        let gradients = FloatBuffer([Float](repeating: 3, count: 16))
        #expect(adam.step(parameters: parameters, gradients: gradients, rate: 0.1, maximumNorm: 0.5) == 12)
        // (1 − β₁) · 3 · 0.5 / 12
        #expect(abs(adam.first.base[0] - 0.0125) < 1e-6)
        gradients.base[3] = .infinity
        let before = parameters.array
        #expect(!adam.step(parameters: parameters, gradients: gradients, rate: 0.1).isFinite)
        #expect(parameters.array == before && adam.steps == 1)
    }

    @Test("schedules start at the initial rate and end at zero")
    func schedules() {
        #expect(LearningRateSchedule.constant.rate(initial: 0.1, done: 0.7) == 0.1)
        #expect(LearningRateSchedule.linear.rate(initial: 0.1, done: 0.25) == 0.075)
        #expect(LearningRateSchedule.cosine.rate(initial: 0.1, done: 0) == 0.1)
        #expect(abs(LearningRateSchedule.cosine.rate(initial: 0.1, done: 0.5) - 0.05) < 1e-8)
        for schedule in [LearningRateSchedule.linear, .cosine] {
            #expect(abs(schedule.rate(initial: 0.1, done: 1)) < 1e-8)
        }
    }
}
