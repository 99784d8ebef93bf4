import Market

extension MarketTables {
    /// Writes the observation at the close of a usable `bar` as one sees it who holds nothing: `layout.size` floats.
    ///
    /// - Parameter costPerSide: as a fraction of the traded value.
    public func observeFlat(bar: Int, costPerSide: Float, to output: UnsafeMutablePointer<Float>) {
        observe(bar: bar, position: PositionState(), costPerSide: costPerSide, to: output)
    }

    /// Writes the observation at the close of a usable `bar`, `layout.size` floats.
    func observe(bar: Int, position: PositionState, costPerSide: Float, to output: UnsafeMutablePointer<Float>) {
        precondition(usableBars.contains(bar), "a bar without enough history cannot be observed")
        switch kind {
        case .candleV1: observe(CandleV1Shape.self, bar, position, costPerSide, to: output)
        case .trading1: observe(Trading1Shape.self, bar, position, costPerSide, to: output)
        }
    }

    private func observe<Shape: ObservationShape>(
        _ shape: Shape.Type, _ bar: Int, _ position: PositionState, _ costPerSide: Float,
        to output: UnsafeMutablePointer<Float>
    ) {
        Shape.write(
            lastReturn: returns + bar, row: rows + bar * Shape.stride, position: position, costPerSide: costPerSide,
            progress: 0, to: output)
    }

    /// The observation of a trader without a position at the close of a usable `bar`; what drift is measured on.
    public func observation(bar: Int, costs: CostModel = CostModel()) -> [Float] {
        precondition(usableBars.contains(bar), "a bar without enough history cannot be observed")
        return [Float](unsafeUninitializedCapacity: layout.size) { buffer, count in
            if let output = buffer.baseAddress {
                observe(bar: bar, position: PositionState(), costPerSide: Float(costs.perSide), to: output)
            }
            count = layout.size
        }
    }

    /// Change of log equity, × 100 and without costs, of holding flat, long and short from the close of `bar` to the
    /// next.
    public func growth(bar: Int) -> [Float] {
        precondition((0..<count).contains(bar), "no such bar")
        return (0..<3).map { rows[bar * kind.stride + kind.features + $0] }
    }
}
