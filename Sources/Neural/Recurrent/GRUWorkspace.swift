import CKernels

/// What a ``GRU`` needs besides its parameters to run sequences forward and back through time. One thread at a time.
///
/// Sequences lie side by side: row t·rows + s is step t of sequence s.
public final class GRUWorkspace {
    private let net: GRU
    private let capacity: Int
    /// x·W + b and h·U + c, `[steps × rows × 3·units]`; in the backward pass their gradients.
    private let inputSums: FloatBuffer
    private let recurrentSums: FloatBuffer
    private let gates: FloatBuffer
    /// The state each step began with, `[steps × rows × units]`.
    private let before: FloatBuffer
    private let inputGradients: FloatBuffer
    private let recurrentGradients: FloatBuffer
    /// Of the state at hand, what flows around the recurrent product, and what flows through it; `[rows × units]` each.
    private let stateGradients: FloatBuffer
    private let transposed: FloatBuffer

    /// Room for `steps` × `rows` = `capacity` rows; `learns` makes room for the backward pass.
    public init(_ net: GRU, capacity: Int, learns: Bool) {
        self.net = net
        self.capacity = capacity
        let units = net.units
        inputSums = FloatBuffer(count: capacity * 3 * units)
        recurrentSums = FloatBuffer(count: capacity * 3 * units)
        gates = FloatBuffer(count: capacity * 3 * units)
        before = FloatBuffer(count: capacity * units)
        let learned = learns ? capacity : 0
        inputGradients = FloatBuffer(count: learned * 3 * units)
        recurrentGradients = FloatBuffer(count: learned * 3 * units)
        stateGradients = FloatBuffer(count: learned == 0 ? 0 : 2 * capacity * units)
        transposed = FloatBuffer(count: learned == 0 ? 0 : 3 * units * units)
    }

    /// One step from `state` `[rows × stateStride]`, which becomes the next one in place.
    public func advance(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, state: UnsafeMutablePointer<Float>,
        stateStride: Int, rows: Int
    ) {
        precondition(rows <= capacity, "a workspace for \(capacity) rows cannot take \(rows)")
        net.input.forward(parameters: parameters, x: x, xStride: xStride, y: inputSums.base, rows: rows)
        net.recurrent.forward(
            parameters: parameters, x: state, xStride: stateStride, y: recurrentSums.base, rows: rows)
        mf_gru_forward(
            inputSums.base, recurrentSums.base, state, stateStride, gates.base, state, stateStride, rows, net.units)
    }

    /// Runs `rows` sequences of `steps` from the states `initial` `[rows × units]`; the state after row i goes to
    /// `output + i × outputStride`. Where `begins` `[steps × rows]` is not 0, the state is zero before that step.
    public func forward(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, initial: UnsafePointer<Float>,
        begins: UnsafePointer<UInt8>, output: UnsafeMutablePointer<Float>, outputStride: Int, steps: Int, rows: Int
    ) {
        precondition(steps * rows <= capacity, "a workspace for \(capacity) rows cannot take \(steps * rows)")
        let units = net.units
        net.input.forward(parameters: parameters, x: x, xStride: xStride, y: inputSums.base, rows: steps * rows)
        for step in 0..<steps {
            let first = step * rows
            let state = before.base + first * units
            for row in 0..<rows {
                let to = state + row * units
                if begins[first + row] != 0 {
                    to.update(repeating: 0, count: units)
                } else if step == 0 {
                    to.update(from: initial + row * units, count: units)
                } else {
                    to.update(from: output + (first - rows + row) * outputStride, count: units)
                }
            }
            let sums = recurrentSums.base + first * 3 * units
            net.recurrent.forward(parameters: parameters, x: state, xStride: units, y: sums, rows: rows)
            mf_gru_forward(
                inputSums.base + first * 3 * units, sums, state, units, gates.base + first * 3 * units,
                output + first * outputStride, outputStride, rows, units)
        }
    }

    /// Adds the parameter gradients of the latest ``forward(parameters:x:xStride:initial:begins:output:outputStride:steps:rows:)``
    /// for `outputGradient` `[steps × rows × units]`, the gradients of its states, through all steps; the initial states are
    /// taken as given (truncated back-propagation through time).
    public func backward(
        parameters: UnsafePointer<Float>, x: UnsafePointer<Float>, xStride: Int, begins: UnsafePointer<UInt8>,
        outputGradient: UnsafeMutablePointer<Float>, into gradients: UnsafeMutablePointer<Float>, steps: Int, rows: Int
    ) {
        precondition(stateGradients.count > 0, "this workspace was made for inference only")
        let units = net.units
        let recurrent = net.recurrent
        mf_transpose(parameters + recurrent.offset, units, 3 * units, 3 * units, transposed.base, units)
        let (around, through) = (stateGradients.base, stateGradients.base + capacity * units)
        for step in stride(from: steps - 1, through: 0, by: -1) {
            let first = step * rows
            let g = outputGradient + first * units
            mf_gru_backward(
                g, gates.base + first * 3 * units, recurrentSums.base + first * 3 * units, before.base + first * units,
                units, inputGradients.base + first * 3 * units, recurrentGradients.base + first * 3 * units, around,
                rows,
                units)
            guard step > 0 else { break }
            mf_dense_backward_inputs(
                recurrentGradients.base + first * 3 * units, 3 * units, transposed.base, through, units, nil, rows,
                units, 3 * units, Activation.linear.rawValue)
            mf_add(around, through, rows * units)
            for row in 0..<rows where begins[first + row] == 0 {
                mf_add(g - (rows - row) * units, around + row * units, units)
            }
        }
        net.input.backward(x: x, xStride: xStride, g: inputGradients.base, gradients: gradients, rows: steps * rows)
        recurrent.backward(
            x: before.base, xStride: units, g: recurrentGradients.base, gradients: gradients, rows: steps * rows)
    }
}
