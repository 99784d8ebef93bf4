/// A named line through points; `x` ascends.
public struct Line: Sendable, Hashable {
    public enum Stroke: String, Sendable, Hashable {
        case solid
        case dashed
        case dotted
    }

    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// nil: the next colour of the palette.
    public var hue: Hue?
    public var stroke: Stroke
    /// Shade the area between the line and this value.
    public var fillTo: Double?

    /// Surplus elements of the longer array are ignored.
    public init(
        _ name: String, x: [Double], y: [Double], hue: Hue? = nil, stroke: Stroke = .solid, fillTo: Double? = nil
    ) {
        self.name = name
        self.x = x
        self.y = y
        self.hue = hue
        self.stroke = stroke
        self.fillTo = fillTo
    }

    /// - Parameter times: UTC milliseconds.
    public init(
        _ name: String, times: [Int64], y: [Double], hue: Hue? = nil, stroke: Stroke = .solid, fillTo: Double? = nil
    ) {
        self.init(name, x: times.map { Double($0) }, y: y, hue: hue, stroke: stroke, fillTo: fillTo)
    }
}

/// A shaded stretch between two curves, such as an interval.
public struct Band: Sendable, Hashable {
    /// nil: not in the legend.
    public var name: String?
    public var x: [Double]
    public var lower: [Double]
    public var upper: [Double]
    public var hue: Hue?

    public init(name: String? = nil, x: [Double], lower: [Double], upper: [Double], hue: Hue? = nil) {
        self.name = name
        self.x = x
        self.lower = lower
        self.upper = upper
        self.hue = hue
    }
}

/// Single points with a shape, such as entries and exits.
public struct Markers: Sendable, Hashable {
    public enum Shape: String, Sendable, Hashable {
        case circle
        /// Triangle pointing up, below its point.
        case up
        /// Triangle pointing down, above its point.
        case down
        case cross
    }

    public var name: String
    public var shape: Shape
    public var x: [Double]
    public var y: [Double]
    public var hue: Hue?

    public init(_ name: String, shape: Shape, x: [Double], y: [Double], hue: Hue? = nil) {
        self.name = name
        self.shape = shape
        self.x = x
        self.y = y
        self.hue = hue
    }
}

/// A dashed horizontal line at a value worth comparing with.
public struct ReferenceLine: Sendable, Hashable {
    public var value: Double
    /// nil: not in the legend.
    public var name: String?

    public init(_ value: Double, name: String? = nil) {
        self.value = value
        self.name = name
    }
}
