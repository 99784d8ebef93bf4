/// A drawing as a value: panels of lines over time or over numbers, stacked under one title.
///
/// ```swift
/// let chart = Chart(title: "RL-Agent-v6", panels: [Panel(title: "Equity", lines: [Line("challenger", x: times, y: equity)])])
/// let bytes = try chart.png()
/// ```
/// The same value draws itself as PNG and as SVG, always the same bytes for the same value.
public struct Chart: Sendable, Hashable {
    public var title: String
    public var subtitle: String?
    /// Small print at the bottom: costs, window, "synthetic data".
    public var note: String?
    /// From top to bottom.
    public var panels: [Panel]
    public var theme: Theme

    public init(
        title: String, subtitle: String? = nil, note: String? = nil, panels: [Panel], theme: Theme = .light
    ) {
        self.title = title
        self.subtitle = subtitle
        self.note = note
        self.panels = panels
        self.theme = theme
    }

    public enum Theme: String, Sendable, Hashable, CaseIterable {
        case light
        case dark
    }
}

/// Why a chart could not be drawn.
public enum ChartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Width and height in pixels.
    case size(width: Int, height: Int)
    /// The drawing library's own words.
    case drawing(String)

    public var description: String {
        switch self {
        case .size(let width, let height):
            "a chart of \(width) × \(height) pixels cannot be drawn; each side must be \(Chart.sides.lowerBound)–\(Chart.sides.upperBound) pixels"
        case .drawing(let reason):
            "the chart could not be drawn (\(reason)); nothing was written; the figures in the text are complete without it"
        }
    }
}
