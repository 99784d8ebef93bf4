import Market
import Reinforcement

extension TradingEnvironment {
    public func reset(observations: UnsafeMutablePointer<Float>) {
        for copy in 0..<copies {
            startEpisode(&traders[copy])
            let output = observations + copy * observationSize
            switch kind {
            case .candleV1: observe(CandleV1Shape.self, traders[copy], progressUnit: progressUnit, to: output)
            case .trading1: observe(Trading1Shape.self, traders[copy], progressUnit: progressUnit, to: output)
            }
        }
    }

    /// - Precondition: every action of `range` is 0, 1 or 2.
    public func step(
        range: Range<Int>, actions: UnsafePointer<Int32>, observations: UnsafeMutablePointer<Float>,
        rewards: UnsafeMutablePointer<Float>, ends: UnsafeMutablePointer<UInt8>,
        finalObservations: UnsafeMutablePointer<Float>
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= copies, "copies outside the environment")
        let buffers = StepBuffers(
            actions: actions, observations: observations, rewards: rewards, ends: ends,
            finalObservations: finalObservations)
        switch kind {
        case .candleV1: stepCopies(CandleV1Shape.self, range, buffers)
        case .trading1: stepCopies(Trading1Shape.self, range, buffers)
        }
    }

    /// Rows of this many copies are loaded side by side before they are used, so that with many copies their cache
    /// misses overlap; the rewards, written later in the step, keep the loads from being optimised away.
    private static let fetchAhead = 32

    private var progressUnit: Float { 1 / Float(configuration.episodeLength) }

    @inline(__always)
    private func stepCopies<Shape: ObservationShape>(_ shape: Shape.Type, _ range: Range<Int>, _ buffers: StepBuffers) {
        let length = Int32(configuration.episodeLength)
        let progressUnit = progressUnit
        let isProtected = configuration.protection.isActive
        let traders = traders
        var fetched = range.lowerBound
        for copy in range {
            if copy == fetched {
                fetched = min(copy + Self.fetchAhead, range.upperBound)
                for ahead in copy..<fetched {
                    let next = traders[ahead].row + Shape.stride
                    buffers.rewards[ahead] = next[0] + next[Shape.stride - 1]
                }
            }
            let trader = traders + copy
            let action = buffers.actions[copy]
            precondition(UInt32(bitPattern: action) < 3, "an action is 0 (flat), 1 (long) or 2 (short)")
            let row = trader.pointee.row
            let growth = row[Shape.features + Int(action)]
            let before = trader.pointee.position.exposure
            var reward = trader.pointee.costs[Int(before) * 3 + Int(action)] + growth
            trader.pointee.position.take(action)
            if isProtected, action != 0, let exit = protect(trader, entered: before != action) {
                reward += exit - growth
                trader.pointee.position.take(0)
            } else {
                trader.pointee.position.earn(growth)
            }
            trader.pointee.row = row + Shape.stride
            trader.pointee.lastReturn += 1
            trader.pointee.step += 1
            var end = EpisodeEnd.running
            if trader.pointee.step == length {
                end = finish(shape, trader, reward: &reward, last: buffers.finalObservations + copy * Shape.size)
            }
            buffers.rewards[copy] = reward
            buffers.ends[copy] = end.rawValue
            observe(shape, trader.pointee, progressUnit: progressUnit, to: buffers.observations + copy * Shape.size)
        }
    }

    @inline(__always)
    private func observe<Shape: ObservationShape>(
        _ shape: Shape.Type, _ trader: Trader, progressUnit: Float, to output: UnsafeMutablePointer<Float>
    ) {
        Shape.write(
            lastReturn: trader.lastReturn, row: trader.row, position: trader.position, costPerSide: trader.costs[9],
            progress: Float(trader.step) * progressUnit, to: output)
    }

    /// Growth up to the protective exit within the next bar and its cost, or nil when no level is touched.
    @inline(never)
    private func protect(_ trader: UnsafeMutablePointer<Trader>, entered: Bool) -> Float? {
        let tables = windows[Int(trader.pointee.window)].tables
        let bar = currentBar(trader.pointee)
        if entered { trader.pointee.entryBar = Int32(bar) }
        let exposure = Exposure(rawValue: Int(trader.pointee.position.exposure)) ?? .flat
        let entry = tables.prices[Int(trader.pointee.entryBar)].close
        guard let exit = configuration.protection.exit(exposure, entry: entry, in: tables.prices[bar + 1]) else {
            return nil
        }
        let growth = Growth.of(exposure, from: tables.prices[bar].close, to: exit.price)
        return Float(growth) + trader.pointee.costs[1]
    }

    @inline(never)
    private func finish<Shape: ObservationShape>(
        _ shape: Shape.Type, _ trader: UnsafeMutablePointer<Trader>, reward: inout Float,
        last: UnsafeMutablePointer<Float>
    ) -> EpisodeEnd {
        defer { startEpisode(&trader.pointee) }
        switch configuration.ending {
        case .terminal:
            if trader.pointee.position.exposure != 0 { reward += trader.pointee.costs[1] }
            return .terminated
        case .truncated:
            observe(shape, trader.pointee, progressUnit: progressUnit, to: last)
            return .truncated
        }
    }

    private func startEpisode(_ trader: inout Trader) {
        let index = drawWindow(&trader.stream)
        let window = windows[index]
        let starts = UInt64(window.starts(length: configuration.episodeLength))
        place(&trader, window: index, bar: window.bars.lowerBound + Int(trader.stream.next() % starts))
        trader.position = PositionState()
        trader.step = 0
    }

    private func drawWindow(_ stream: inout SplitMix64) -> Int {
        // A single window costs no draw: the benchmark's streams give start bars only.
        if windows.count == 1 { return 0 }
        let point = Double(stream.next() >> 11) * 0x1p-53
        return shares.firstIndex { point < $0 } ?? windows.count - 1
    }

    func place(_ trader: inout Trader, window: Int, bar: Int) {
        let tables = windows[window].tables
        trader.window = Int32(window)
        trader.entryBar = Int32(bar)
        trader.row = UnsafePointer(tables.rows + bar * kind.stride)
        trader.lastReturn = UnsafePointer(tables.returns + bar)
        trader.costs = UnsafePointer(costTables + window * Self.costStride)
    }

    func currentBar(_ trader: Trader) -> Int {
        trader.lastReturn - UnsafePointer(windows[Int(trader.window)].tables.returns)
    }
}

/// The caller's buffers of one step, indexed by copy.
private struct StepBuffers {
    let actions: UnsafePointer<Int32>
    let observations: UnsafeMutablePointer<Float>
    let rewards: UnsafeMutablePointer<Float>
    let ends: UnsafeMutablePointer<UInt8>
    let finalObservations: UnsafeMutablePointer<Float>
}
