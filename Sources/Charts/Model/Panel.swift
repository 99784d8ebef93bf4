/// One plot of a chart with its own axes.
///
/// Points that are not finite are left out; a line breaks there. The legend stands above the plot, never on it.
public struct Panel: Sendable, Hashable {
    public var title: String?
    public var x: XAxis
    public var y: ValueFormat
    public var lines: [Line]
    public var bands: [Band]
    public var markers: [Markers]
    public var references: [ReferenceLine]
    /// Share of the height, relative to the other panels.
    public var weight: Double
    /// Write each line's last value beside its end.
    public var labelsEnds: Bool
    /// Stands in the plot when there is nothing to draw.
    public var emptyText: String

    public init(
        title: String? = nil, x: XAxis = .time, y: ValueFormat = .number, lines: [Line] = [], bands: [Band] = [],
        markers: [Markers] = [], references: [ReferenceLine] = [], weight: Double = 1, labelsEnds: Bool = true,
        emptyText: String = "no data"
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.lines = lines
        self.bands = bands
        self.markers = markers
        self.references = references
        self.weight = weight
        self.labelsEnds = labelsEnds
        self.emptyText = emptyText
    }
}

/// What the horizontal axis counts.
public enum XAxis: Sendable, Hashable {
    /// UTC milliseconds, labelled with dates and times of UTC.
    case time
    /// Plain numbers, such as training steps; `label` stands under the axis.
    case number(label: String?)
}

/// How values are written.
public enum ValueFormat: String, Sendable, Hashable, CaseIterable {
    /// `0.0545`, `42,000`, `1.25M`.
    case number
    /// A fraction, shown as per cent: 0.047 is `4.7%`.
    case percent
    /// The same with a sign: `+4.7%`.
    case signedPercent
}

/// Colours that stay apart for colour-blind readers (after Okabe & Ito, *Color Universal Design*, 2008).
public enum Hue: String, Sendable, Hashable, CaseIterable {
    case blue
    case vermillion
    case green
    case purple
    case amber
    case sky
    case grey
}
