struct Color: Sendable, Hashable {
    let red: Double
    let green: Double
    let blue: Double
    var alpha = 1.0

    /// 0xRRGGBB.
    init(_ hex: UInt32) {
        red = Double(hex >> 16 & 0xFF) / 255
        green = Double(hex >> 8 & 0xFF) / 255
        blue = Double(hex & 0xFF) / 255
    }

    func opacity(_ alpha: Double) -> Color {
        var copy = self
        copy.alpha = alpha
        return copy
    }
}

/// The colours of a theme.
struct Palette: Sendable {
    let background: Color
    let plot: Color
    let text: Color
    let muted: Color
    let grid: Color
    let axis: Color
    private let hues: [Hue: Color]

    func color(_ hue: Hue) -> Color { hues[hue] ?? text }

    static func of(_ theme: Chart.Theme) -> Palette { theme == .dark ? dark : light }

    private static let light = Palette(
        background: Color(0xFFFFFF), plot: Color(0xF7F8FA), text: Color(0x17202B), muted: Color(0x5B6675),
        grid: Color(0xDFE3E9), axis: Color(0x98A2B0),
        hues: [
            .blue: Color(0x0067B1), .vermillion: Color(0xD55E00), .green: Color(0x00875F), .purple: Color(0xB0568F),
            .amber: Color(0xC68A00), .sky: Color(0x3FA2DB), .grey: Color(0x6B7685),
        ])

    private static let dark = Palette(
        background: Color(0x11161D), plot: Color(0x171E27), text: Color(0xF1F4F8), muted: Color(0xA3AFBE),
        grid: Color(0x2A3441), axis: Color(0x5C6979),
        hues: [
            .blue: Color(0x5AB4F5), .vermillion: Color(0xFF8A3D), .green: Color(0x2FC79A), .purple: Color(0xE59BC8),
            .amber: Color(0xF2C744), .sky: Color(0x9AD4FA), .grey: Color(0xA3AFBE),
        ])
}
