/// A layout at compile time: the one place that writes an observation, for training, back-tests and paper trading
/// alike.
protocol ObservationShape {
    static var features: Int { get }
    static var stateSize: Int { get }
    static var stride: Int { get }
    static var firstBar: Int { get }

    /// Writes the layout's last group. `inverseVolatility` is 1/σ of the bar, `progress` the done part of the episode.
    static func writeState(
        _ position: PositionState, inverseVolatility: Float, costPerSide: Float, progress: Float,
        to output: UnsafeMutablePointer<Float>)
}

/// What an observation says about the open position.
struct PositionState: Sendable, Hashable, Codable {
    /// Raw value of `Exposure`.
    var exposure: Int32 = 0
    /// Bars held.
    var held: Float = 0
    /// Growth since entry, without costs, × 100.
    var unrealised: Float = 0
    /// The highest `unrealised` since entry, at least 0.
    var best: Float = 0

    /// Starts the count anew when the exposure changes; called at the close on which the decision is taken.
    @inline(__always)
    mutating func take(_ next: Int32) {
        if next != exposure {
            unrealised = 0
            held = 0
            best = 0
        }
        exposure = next
    }

    /// Lets a bar pass that pays `growth`.
    @inline(__always)
    mutating func earn(_ growth: Float) {
        unrealised += growth
        if exposure != 0 { held += 1 }
        best = max(best, unrealised)
    }
}

extension ObservationShape {
    static var size: Int { 32 + features + stateSize }

    /// Writes the observation of the bar whose return is `*lastReturn` and whose row starts at `row`.
    @inline(__always)
    static func write(
        lastReturn: UnsafePointer<Float>, row: UnsafePointer<Float>, position: PositionState, costPerSide: Float,
        progress: Float, to output: UnsafeMutablePointer<Float>
    ) {
        output.update(from: lastReturn - 31, count: 32)
        (output + 32).update(from: row, count: features)
        writeState(
            position, inverseVolatility: row[features + 3], costPerSide: costPerSide, progress: progress,
            to: output + 32 + features)
    }
}

@inline(__always)
private func sign(_ exposure: Int32) -> Float {
    exposure == 1 ? 1 : (exposure == 2 ? -1 : 0)
}

enum CandleV1Shape: ObservationShape {
    static let features = 12
    static let stateSize = 4
    static let stride = 16
    static let firstBar = 64

    @inline(__always)
    static func writeState(
        _ position: PositionState, inverseVolatility: Float, costPerSide: Float, progress: Float,
        to output: UnsafeMutablePointer<Float>
    ) {
        output[0] = sign(position.exposure)
        output[1] = position.unrealised
        output[2] = min(position.held, 256) * (1 / 256)
        output[3] = 1 - progress
    }
}

enum Trading1Shape: ObservationShape {
    static let features = 27
    static let stateSize = 5
    static let stride = 32
    static let firstBar = 159

    /// 100 √128: an unrealised result of one σ of a 128-bar move is written as 1.
    private static let resultUnit: Float = 1 / 1131.3708

    @inline(__always)
    static func writeState(
        _ position: PositionState, inverseVolatility: Float, costPerSide: Float, progress: Float,
        to output: UnsafeMutablePointer<Float>
    ) {
        let unit = inverseVolatility * resultUnit
        output[0] = sign(position.exposure)
        output[1] = max(-10, min(10, position.unrealised * unit))
        output[2] = min(position.held, 256) * (1 / 256)
        output[3] = min(10, (position.best - position.unrealised) * unit)
        output[4] = min(10, costPerSide * inverseVolatility)
    }
}
