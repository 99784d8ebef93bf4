import CKernels
import Neural
import Testing

@Suite("Kernels of categorical policies")
struct PolicyKernelTests {
    @Test("softmax of ln 1, ln 2, ln 5 is 1/8, 2/8, 5/8, and of two dimensions each by itself")
    func softmax() {
        let logits: [Float] = [0, 0.6931472, 1.6094379, 7, 7] + [Float](repeating: 9, count: 11)
        for level in levels {
            var probabilities = [Float](repeating: 0, count: 5)
            level.kernels.softmax(logits, 16, 1, [3, 2], 2, &probabilities)
            for (found, expected) in zip(probabilities, [0.125, 0.25, 0.625, 0.5, 0.5]) {
                #expect(abs(Double(found) - expected) < 1e-6, "\(level.name)")
            }
        }
    }

    @Test("huge logits neither overflow nor lose their order")
    func hugeLogits() {
        for level in levels {
            var probabilities = [Float](repeating: 0, count: 3)
            level.kernels.softmax([1e30, -1e30, 0] + [Float](repeating: 0, count: 13), 16, 1, [3], 1, &probabilities)
            #expect(probabilities[0] == 1 && probabilities[1] < 1e-30 && probabilities[2] < 1e-30)
        }
    }

    @Test("sampling inverts the cumulative distribution and reports the log probability")
    func sampling() {
        // Probabilities 1/8, 2/8, 5/8: thresholds at 0.125 and 0.375.
        let uniform: [Float] = [0, 0.124, 0.126, 0.374, 0.376, 0.999]
        let logits = (0..<6).flatMap { _ in [0, 0.6931472, 1.6094379] + [Float](repeating: 0, count: 13) }
        let logs = [-2.0794415, -1.3862944, -0.4700036]
        for level in levels {
            var actions = [Int32](repeating: -1, count: 6)
            var found = [Float](repeating: 0, count: 6)
            level.kernels.sample_actions(logits, 16, 6, [3], 1, uniform, &actions, &found)
            #expect(actions == [0, 0, 1, 1, 2, 2], "\(level.name)")
            for row in 0..<6 { #expect(abs(Double(found[row]) - logs[Int(actions[row])]) < 1e-6, "\(level.name)") }
        }
    }

    @Test("logits that are not numbers still give an action in range")
    func samplingNaN() {
        for level in levels {
            var actions = [Int32](repeating: -1, count: 2)
            var logs = [Float](repeating: 0, count: 2)
            let logits: [Float] =
                [.nan, 1, 2] + [Float](repeating: 0, count: 13) + [.infinity, -.infinity, .nan]
                + [Float](repeating: 0, count: 13)
            level.kernels.sample_actions(logits, 16, 2, [3], 1, [0.9, 0.5], &actions, &logs)
            #expect(actions.allSatisfy { (0..<3).contains($0) }, "\(level.name)")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let rows: Int
        let choices: [Int]
        let entropy: Double
        let valueClip: Double?
        var testDescription: String {
            "\(rows) rows, choices \(choices), entropy \(entropy), value clip \(valueClip ?? -1)"
        }

        static let all = [
            Case(rows: 1, choices: [3], entropy: 0, valueClip: nil),
            Case(rows: 37, choices: [3], entropy: 0.01, valueClip: nil),
            Case(rows: 96, choices: [3, 2], entropy: 0, valueClip: 0.2),
            Case(rows: 50, choices: [5, 1, 4], entropy: 0.1, valueClip: 0.3),
            Case(rows: 16, choices: [40, 24], entropy: 0.02, valueClip: nil),
        ]
    }

    @Test(
        "the loss's measures and gradients agree with finite differences of the plain loss in double",
        arguments: Case.all)
    func loss(_ test: Case) {
        let (rows, width) = (test.rows, test.choices.reduce(0, +))
        let wide = padded(width)
        var stream = RandomStream(seed: 3)
        let logits = numbers(rows * width, "logits")
        let values = numbers(rows, "values")
        var plain = ReferencePPO(
            choices: test.choices,
            actions: (0..<rows).flatMap { _ in test.choices.map { Int32(stream.below($0)) } },
            oldLogProbabilities: [], advantages: numbers(rows, "advantages").map(Double.init),
            oldValues: numbers(rows, "old values", scale: 0.5).map(Double.init),
            returns: numbers(rows, "returns").map(Double.init))
        // Old probabilities near the new ones, so that some rows are clipped and some are not.
        plain.oldLogProbabilities = (0..<rows).map { row in
            var offset = row * width
            var sum = 0.3 * stream.normal()
            for (dimension, count) in test.choices.enumerated() {
                let logs = ReferencePPO.logSoftmax(logits[offset..<offset + count].map(Double.init)[...])
                sum += logs[Int(plain.actions[row * test.choices.count + dimension])]
                offset += count
            }
            return Double(Float(sum))
        }
        plain.entropyCoefficient = test.entropy
        plain.valueClip = test.valueClip
        let measures = plain.measures(logits: logits.map(Double.init), values: values.map(Double.init))

        func slope(_ change: (Double) -> Double) -> Double { (change(1e-5) - change(-1e-5)) / 2e-5 }
        let logitSlopes = logits.indices.map { index in
            slope { step in
                var moved = logits.map(Double.init)
                moved[index] += step
                return plain.loss(logits: moved, values: values.map(Double.init))
            }
        }
        let valueSlopes = values.indices.map { index in
            slope { step in
                var moved = values.map(Double.init)
                moved[index] += step
                return plain.loss(logits: logits.map(Double.init), values: moved)
            }
        }
        for level in levels {
            var logitGradients = padding(logits, rows: rows, live: width, width: wide)
            var valueGradients = padding(values, rows: rows, live: 1, width: 16)
            var coefficients = mf_ppo_coefficients(
                clip: 0.2, value_clip: Float(test.valueClip ?? -1), entropy_coefficient: Float(test.entropy),
                value_coefficient: 0.5, scale: 1 / Float(rows))
            var sums = mf_ppo_sums()
            level.kernels.ppo_loss(
                &logitGradients, wide, &valueGradients, 16, rows, test.choices.map(Int32.init), test.choices.count,
                plain.actions, plain.oldLogProbabilities.map(Float.init), plain.advantages.map(Float.init),
                plain.oldValues.map(Float.init), plain.returns.map(Float.init), &coefficients, &sums)
            let scale = 1 / Double(rows)
            for (found, expected) in [
                (sums.policy_loss * scale, measures.policyLoss), (sums.value_loss * scale, measures.valueLoss),
                (sums.entropy * scale, measures.entropy), (sums.approximate_kl * scale, measures.approximateKL),
                (sums.old_approximate_kl * scale, measures.oldApproximateKL),
                (sums.clipped * scale, measures.clipFraction),
            ] { #expect(abs(found - expected) < 1e-5, "\(level.name)") }
            let found = unpadding(logitGradients, rows: rows, live: width, width: wide)
            #expect(relativeError(found, logitSlopes) < 1e-4, "\(level.name)")
            #expect(
                relativeError(unpadding(valueGradients, rows: rows, live: 1, width: 16), valueSlopes) < 1e-4,
                "\(level.name)")
            #expect((0..<rows * wide).allSatisfy { $0 % wide < width || logitGradients[$0] == 0 })
        }
    }

    @Test("ratios of 1/2 and 5/4 diverge by 0.2350 in the mean of −ln r, and by 0.1100 with r − 1 added")
    func divergences() {
        // Probabilities 1/8, 2/8, 5/8 now; the drawn ones, 1/8 and 5/8, were 1/4 and 1/2.
        // −ln r: 0.6931472 and −0.2231436; r − 1: −1/2 and 1/4.
        let logits: [Float] = [0, 0.6931472, 1.6094379]
        let old: [Float] = [-1.3862944, -0.6931472]
        for level in levels {
            var gradients = padding(logits + logits, rows: 2, live: 3, width: 16)
            var values = [Float](repeating: 0, count: 32)
            var coefficients = mf_ppo_coefficients(
                clip: 0.3, value_clip: -1, entropy_coefficient: 0, value_coefficient: 0.5, scale: 0.5)
            var sums = mf_ppo_sums()
            level.kernels.ppo_loss(
                &gradients, 16, &values, 16, 2, [3], 1, [0, 2], old, [1, 1], [0, 0], [0, 0], &coefficients, &sums)
            #expect(abs(sums.old_approximate_kl / 2 - 0.2350018) < 1e-6, "\(level.name)")
            #expect(abs(sums.approximate_kl / 2 - 0.1100018) < 1e-6, "\(level.name)")
            #expect(sums.clipped == 1, "\(level.name)")
        }
        let plain = ReferencePPO(
            choices: [3], actions: [0, 2], oldLogProbabilities: old.map(Double.init), advantages: [1, 1],
            oldValues: [0, 0], returns: [0, 0])
        let measures = plain.measures(logits: (logits + logits).map(Double.init), values: [0, 0])
        #expect(abs(measures.oldApproximateKL - 0.2350018) < 1e-6)
    }

    @Test("a NaN anywhere in a minibatch shows in the sums")
    func lossShowsNaN() {
        for level in levels {
            var logits = [Float](repeating: 0, count: 32)
            logits[16] = .nan
            var values = [Float](repeating: 0, count: 32)
            var coefficients = mf_ppo_coefficients(
                clip: 0.2, value_clip: -1, entropy_coefficient: 0, value_coefficient: 0.5, scale: 0.5)
            var sums = mf_ppo_sums()
            level.kernels.ppo_loss(
                &logits, 16, &values, 16, 2, [3], 1, [0, 0], [-1, -1], [1, 1], [0, 0], [0, 0], &coefficients, &sums)
            #expect(!sums.policy_loss.isFinite, "\(level.name)")
        }
    }
}
