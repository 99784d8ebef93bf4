/// The sizes of a known layout, as the hot loops need them.
enum LayoutKind {
    case candleV1
    case trading1

    init?(_ layout: ObservationLayout) {
        switch layout {
        case .candleV1: self = .candleV1
        case .trading1: self = .trading1
        default: return nil
        }
    }

    var layout: ObservationLayout {
        switch self {
        case .candleV1: .candleV1
        case .trading1: .trading1
        }
    }

    /// Features a row, after the window of returns and before the state.
    var features: Int {
        switch self {
        case .candleV1: CandleV1Shape.features
        case .trading1: Trading1Shape.features
        }
    }

    /// Floats from one row of ``MarketTables`` to the next.
    var stride: Int {
        switch self {
        case .candleV1: CandleV1Shape.stride
        case .trading1: Trading1Shape.stride
        }
    }

    /// The first bar whose features are complete.
    var firstBar: Int {
        switch self {
        case .candleV1: CandleV1Shape.firstBar
        case .trading1: Trading1Shape.firstBar
        }
    }
}
