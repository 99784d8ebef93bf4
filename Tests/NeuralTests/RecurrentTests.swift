import CKernels
import Neural
import Testing

/// Slopes of `loss` at `point` by central differences in double, at the given indices; 0 elsewhere.
private func slopes(_ point: [Double], at indices: some Sequence<Int>, of loss: ([Double]) -> Double) -> [Double] {
    var result = [Double](repeating: 0, count: point.count)
    for index in indices {
        var (up, down) = (point, point)
        up[index] += 1e-5
        down[index] -= 1e-5
        result[index] = (loss(up) - loss(down)) / 2e-5
    }
    return result
}

@Suite("Recurrent, normalising and convolving layers")
struct RecurrentTests {
    @Test("one step of a gated recurrent unit, worked by hand")
    func oneStep() {
        // r = σ(0.5), z = σ(−0.2 + 0.7) = σ(0.5), n = tanh(0.3 + r·0.4), h′ = (1 − z)·n + z·0.8.
        let s = 0.6224593312018546
        let n = 0.4997581521310855  // tanh(0.3 + 0.62245933·0.4)
        let found = Reference.gru(gx: [0.2, -0.2, 0.3], gh: [0.3, 0.7, 0.4], h: [0.8], rows: 1)[0]
        #expect(abs(found - ((1 - s) * n + s * 0.8)) < 1e-12)
    }

    @Test(
        "the recurrent step agrees with the plain reference on every instruction set", arguments: [1, 5, 16], [16, 48])
    func step(rows: Int, units: Int) {
        let gx = numbers(rows * 3 * units, "gx", scale: 2)
        let gh = numbers(rows * 3 * units, "gh", scale: 2)
        let h = numbers(rows * units, "h", scale: 0.5)
        let expected = Reference.gru(
            gx: gx.map(Double.init), gh: gh.map(Double.init), h: h.map(Double.init), rows: rows)
        for level in levels {
            var gates = [Float](repeating: .nan, count: rows * 3 * units)
            // In place, with a wider stride, as a rollout uses it.
            let stride = units + 5
            var state = padding(h, rows: rows, live: units, width: stride)
            state.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                level.kernels.gru_forward(gx, gh, base, stride, &gates, base, stride, rows, units)
            }
            #expect(
                relativeError(unpadding(state, rows: rows, live: units, width: stride), expected) < 1e-5,
                "\(level.name)")
        }
    }

    @Test("gradients of a recurrent step agree with finite differences in double on every instruction set")
    func stepGradients() {
        let (rows, units) = (3, 16)
        let gx = numbers(rows * 3 * units, "gx").map(Double.init)
        let gh = numbers(rows * 3 * units, "gh").map(Double.init)
        let h = numbers(rows * units, "h").map(Double.init)
        let g = numbers(rows * units, "g")
        func loss(_ gx: [Double], _ gh: [Double], _ h: [Double]) -> Double {
            zip(Reference.gru(gx: gx, gh: gh, h: h, rows: rows), g).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        let expectedX = slopes(gx, at: gx.indices) { loss($0, gh, h) }
        let expectedH = slopes(gh, at: gh.indices) { loss(gx, $0, h) }
        let expectedState = slopes(h, at: h.indices) { loss(gx, gh, $0) }
        for level in levels {
            var gates = [Float](repeating: 0, count: rows * 3 * units)
            var next = [Float](repeating: 0, count: rows * units)
            let (x, u, before) = (gx.map(Float.init), gh.map(Float.init), h.map(Float.init))
            level.kernels.gru_forward(x, u, before, units, &gates, &next, units, rows, units)
            var (dgx, dgh, dh) = (gates, gates, next)
            level.kernels.gru_backward(g, gates, u, before, units, &dgx, &dgh, &dh, rows, units)
            #expect(relativeError(dgx.map(Double.init), expectedX) < 1e-4, "\(level.name)")
            #expect(relativeError(dgh.map(Double.init), expectedH) < 1e-4, "\(level.name)")
            #expect(relativeError(dh.map(Double.init), expectedState) < 1e-4, "\(level.name)")
        }
    }

    @Test("layer norm agrees with the plain reference on every instruction set", arguments: [3, 16, 40], [1, 7])
    func layerNorm(features: Int, rows: Int) {
        let width = padded(features)
        let x = numbers(rows * features, "x", scale: 3)
        let (gains, biases) = (numbers(features, "gain"), numbers(features, "bias"))
        let g = numbers(rows * features, "g")
        let expected = Reference.layerNorm(
            x.map(Double.init), gains: gains.map(Double.init), biases: biases.map(Double.init), rows: rows)
        let expectedGradient = Reference.layerNormInputGradient(
            x.map(Double.init), gains: gains.map(Double.init), g: g.map(Double.init), rows: rows)
        let byDifferences = slopes(x.map(Double.init), at: x.indices) { x in
            zip(
                Reference.layerNorm(x, gains: gains.map(Double.init), biases: biases.map(Double.init), rows: rows), g
            ).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        #expect(relativeError(expectedGradient, byDifferences) < 1e-6)
        let paddedGains = padding(gains, rows: 1, live: features, width: width)
        for level in levels {
            var scaled = padding(x, rows: rows, live: features, width: width)
            var y = [Float](repeating: .nan, count: rows * width)
            var deviations = [Float](repeating: 0, count: rows)
            level.kernels.layer_norm_forward(
                &scaled, paddedGains, padding(biases, rows: 1, live: features, width: width), &y, &deviations, rows,
                width, features, LayerNorm.epsilon)
            #expect(relativeError(unpadding(y, rows: rows, live: features, width: width), expected) < 1e-5)
            #expect(y.indices.allSatisfy { $0 % width < features || y[$0] == 0 }, "\(level.name) padding")
            var gradient = padding(g, rows: rows, live: features, width: width)
            var (gainGradient, biasGradient) = (
                [Float](repeating: 0, count: width), [Float](repeating: 0, count: width)
            )
            level.kernels.layer_norm_backward(
                &gradient, scaled, paddedGains, deviations, &gainGradient, &biasGradient, rows, width, features)
            #expect(
                relativeError(unpadding(gradient, rows: rows, live: features, width: width), expectedGradient) < 1e-4,
                "\(level.name)")
            #expect(gradient.indices.allSatisfy { $0 % width < features || gradient[$0] == 0 }, "\(level.name) padding")
        }
    }

    @Test(
        "a net with layer norm backpropagates as finite differences in double say",
        arguments: [Activation.tanh, .silu], [[5, 7, 3], [4, 18, 9, 2]])
    func normalisedNet(activation: Activation, sizes: [Int]) {
        let rows = 6
        let net = MLP(sizes: sizes, activation: activation, offset: 16, normalisesLayers: true)
        let parameters = FloatBuffer(count: net.parameterRange.upperBound)
        var stream = RandomStream(seed: 4)
        net.initialiseOrthogonal(parameters.base, hiddenGain: 1.4, outputGain: 1, random: &stream)
        for norm in net.norms {
            norm.set(
                gains: numbers(norm.features, "gains \(norm.offset)"),
                biases: numbers(norm.features, "biases \(norm.offset)"), parameters.base)
        }
        let x = numbers(rows * sizes[0], "x")
        let weights = numbers(rows * net.outputs, "loss weights")
        func loss(_ parameters: [Double]) -> Double {
            zip(Reference.forward(net, parameters, x: x.map(Double.init), rows: rows), weights).reduce(0) {
                $0 + $1.0 * Double($1.1)
            }
        }
        let work = MLPWorkspace(net, capacity: rows, learns: true)
        let transposed = TransposedWeights(net)
        transposed.refresh(parameters.base)
        let output = work.forward(parameters: parameters.base, x: x, xStride: sizes[0], rows: rows)
        let found = unpadding(
            Array(UnsafeBufferPointer(start: output, count: rows * net.outputWidth)), rows: rows, live: net.outputs,
            width: net.outputWidth)
        let point = parameters.array.map(Double.init)
        #expect(relativeError(found, Reference.forward(net, point, x: x.map(Double.init), rows: rows)) < 1e-5)
        let gradients = FloatBuffer(count: parameters.count)
        work.backward(
            transposed: transposed, x: x, xStride: sizes[0],
            outputGradient: padding(weights, rows: rows, live: net.outputs, width: net.outputWidth),
            into: gradients.base, rows: rows)
        let dense = net.layers.flatMap { layer in
            layer.parameterRange.filter { ($0 - layer.offset) % layer.width < layer.outputs }
        }
        let norms = net.norms.flatMap { norm in
            norm.parameterRange.filter { ($0 - norm.offset) % norm.width < norm.features }
        }
        let expected = slopes(point, at: dense + norms, of: loss)
        #expect(relativeError(gradients.array.map(Double.init), expected) < 1e-4)
    }

    @Test("back-propagation through time agrees with finite differences in double, across episodes' ends")
    func throughTime() {
        let (rows, steps) = (3, 5)
        let net = GRU(inputs: 4, units: 16, offset: 32)
        let parameters = FloatBuffer(count: net.parameterRange.upperBound)
        var stream = RandomStream(seed: 6)
        net.initialiseOrthogonal(parameters.base, random: &stream)
        for (index, value) in numbers(parameters.count - 32, "noise", scale: 0.3).enumerated() {
            parameters.base[32 + index] += value
        }
        let x = numbers(steps * rows * 4, "x")
        let initial = numbers(rows * 16, "initial", scale: 0.5)
        var begins = [UInt8](repeating: 0, count: steps * rows)
        // The second sequence starts afresh before its first step, the third before its fourth.
        begins[1] = 1
        begins[3 * rows + 2] = 1
        let weights = numbers(steps * rows * 16, "loss weights")
        let point = parameters.array.map(Double.init)
        func states(_ parameters: [Double], _ initial: [Double]) -> [Double] {
            Reference.states(net, parameters, x: x.map(Double.init), initial: initial, begins: begins, rows: rows)
        }
        let work = GRUWorkspace(net, capacity: steps * rows, learns: true)
        // Wider rows, as where states lie beside observations.
        var output = [Float](repeating: 0, count: steps * rows * 20)
        work.forward(
            parameters: parameters.base, x: x, xStride: 4, initial: initial, begins: begins, output: &output,
            outputStride: 20, steps: steps, rows: rows)
        let expected = states(point, initial.map(Double.init))
        #expect(relativeError(unpadding(output, rows: steps * rows, live: 16, width: 20), expected) < 1e-5)

        var outputGradient = weights
        let gradients = FloatBuffer(count: parameters.count)
        work.backward(
            parameters: parameters.base, x: x, xStride: 4, begins: begins, outputGradient: &outputGradient,
            into: gradients.base, steps: steps, rows: rows)
        let expectedSlopes = slopes(point, at: net.parameterRange) { parameters in
            zip(states(parameters, initial.map(Double.init)), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        #expect(relativeError(gradients.array.map(Double.init), expectedSlopes) < 1e-4)

        // Step by step it is the same run.
        var state = Array(initial)
        for unit in 0..<16 { state[16 + unit] = 0 }
        for step in 0..<steps {
            if step == 3 { for unit in 0..<16 { state[32 + unit] = 0 } }
            work.advance(
                parameters: parameters.base, x: Array(x[step * rows * 4..<(step + 1) * rows * 4]), xStride: 4,
                state: &state, stateStride: 16, rows: rows)
        }
        #expect(relativeError(state.map(Double.init), Array(expected.suffix(rows * 16))) < 1e-5)
    }

    @Test(
        "a causal convolution agrees with the plain reference and with finite differences in double",
        arguments: Activation.allCases, [(3, 1), (2, 4)])
    func convolution(activation: Activation, shape: (kernel: Int, dilation: Int)) {
        let (sequences, steps) = (2, 9)
        let layer = Conv1D(
            inputs: 3, outputs: 5, kernel: shape.kernel, dilation: shape.dilation, activation: activation, offset: 16)
        let parameters = FloatBuffer(count: layer.parameterRange.upperBound)
        let weights = numbers(shape.kernel * 3 * 5, "weights", scale: 0.5)
        let biases = numbers(5, "biases")
        layer.set(weights: weights, biases: biases, parameters.base)
        let x = numbers(sequences * steps * 3, "x")
        let lossWeights = numbers(sequences * steps * 5, "loss weights")
        func outputs(_ weights: [Double], _ biases: [Double], _ x: [Double]) -> [Double] {
            Reference.convolution(layer, weights: weights, biases: biases, x: x, sequences: sequences, steps: steps)
        }
        func loss(_ outputs: [Double]) -> Double {
            zip(outputs, lossWeights).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        let (w, b, input) = (weights.map(Double.init), biases.map(Double.init), x.map(Double.init))
        let work = Conv1DWorkspace(layer, capacity: sequences * steps, learns: true)
        let found = work.forward(parameters: parameters.base, x: x, sequences: sequences, steps: steps)
        #expect(
            relativeError(
                unpadding(
                    Array(UnsafeBufferPointer(start: found, count: sequences * steps * layer.width)),
                    rows: sequences * steps, live: 5, width: layer.width), outputs(w, b, input)) < 1e-5)
        let gradients = FloatBuffer(count: parameters.count)
        var inputGradient = [Float](repeating: 0, count: x.count)
        work.backward(
            parameters: parameters.base,
            outputGradient: padding(lossWeights, rows: sequences * steps, live: 5, width: layer.width),
            into: gradients.base, inputGradient: &inputGradient, sequences: sequences, steps: steps)
        #expect(
            relativeError(
                layer.weights(gradients.base).map(Double.init), slopes(w, at: w.indices) { loss(outputs($0, b, input)) }
            )
                < 1e-4)
        #expect(
            relativeError(
                layer.biases(gradients.base).map(Double.init), slopes(b, at: b.indices) { loss(outputs(w, $0, input)) })
                < 1e-4)
        #expect(
            relativeError(
                inputGradient.map(Double.init), slopes(input, at: input.indices) { loss(outputs(w, b, $0)) }) < 1e-4)
    }

    @Test("a convolution never sees a later input")
    func causality() {
        let layer = Conv1D(inputs: 1, outputs: 1, kernel: 3, dilation: 2, activation: .linear, offset: 0)
        #expect(layer.reach == 5)
        let parameters = FloatBuffer(count: layer.parameterRange.upperBound)
        layer.set(weights: [1, 10, 100], biases: [0], parameters.base)
        let work = Conv1DWorkspace(layer, capacity: 7, learns: false)
        let x: [Float] = [1, 2, 3, 4, 5, 6, 7]
        let y = work.forward(parameters: parameters.base, x: x, sequences: 1, steps: 7)
        // y[t] = x[t−4] + 10·x[t−2] + 100·x[t]
        #expect((0..<7).map { y[$0 * layer.width] } == [100, 200, 310, 420, 531, 642, 753])
    }
}
