import Neural

/// What both nets of a policy with memory read, row by row: the memory's state, then the observation. The rows *are* the memory:
/// each keeps its state from one step to the next. One thread at a time.
final class NetInputs {
    /// Floats of one row.
    let stride: Int
    /// Rows that are worked on at once.
    let tile: Int

    private let net: GRU
    private let rows: FloatBuffer
    private let ahead: FloatBuffer
    private let work: GRUWorkspace

    /// `rows` empty memories; nil for a policy without one.
    init?(_ policy: ActorCritic, rows count: Int, tile: Int) {
        guard let net = policy.memoryNet else { return nil }
        self.net = net
        self.tile = tile
        stride = net.units + net.inputs
        rows = FloatBuffer(count: count * stride)
        ahead = FloatBuffer(count: tile * stride)
        work = GRUWorkspace(net, capacity: tile, learns: false)
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { rows.base + index * stride }

    /// Takes the rows from `first` on one step further with `observations` `[count × observationSize]`.
    func advance(
        parameters: UnsafePointer<Float>, observations: UnsafePointer<Float>, first: Int, count: Int
    ) -> UnsafePointer<Float> {
        step(row(first), parameters, observations, count)
    }

    /// What the rows would be one step further; they stay as they are. Overwritten by the next call.
    func peek(
        parameters: UnsafePointer<Float>, observations: UnsafePointer<Float>, first: Int, count: Int
    ) -> UnsafePointer<Float> {
        for index in 0..<count { (ahead.base + index * stride).update(from: row(first + index), count: net.units) }
        return step(ahead.base, parameters, observations, count)
    }

    private func step(
        _ rows: UnsafeMutablePointer<Float>, _ parameters: UnsafePointer<Float>, _ observations: UnsafePointer<Float>,
        _ count: Int
    ) -> UnsafePointer<Float> {
        work.advance(
            parameters: parameters, x: observations, xStride: net.inputs, state: rows, stateStride: stride, rows: count)
        for index in 0..<count {
            (rows + index * stride + net.units).update(from: observations + index * net.inputs, count: net.inputs)
        }
        return UnsafePointer(rows)
    }

    func forget(_ index: Int) { row(index).update(repeating: 0, count: net.units) }

    /// Copies the states of `count` rows, `[count × units]`.
    func save(first: Int, count: Int, to states: UnsafeMutablePointer<Float>) {
        for index in 0..<count {
            (states + index * net.units).update(from: row(first + index), count: net.units)
        }
    }

    func restore(first: Int, count: Int, from states: UnsafePointer<Float>) {
        for index in 0..<count {
            row(first + index).update(from: states + index * net.units, count: net.units)
        }
    }
}
