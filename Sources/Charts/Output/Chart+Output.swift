import CCairo

extension Chart {
    /// Permitted lengths of a side, in pixels.
    public static let sides = 120...8192

    /// The chart as a PNG file; 1200 × 800 is legible on a phone at full width.
    ///
    /// - Throws: ``ChartError``.
    public func png(width: Int = 1200, height: Int = 800) throws(ChartError) -> [UInt8] {
        try checkSize(width, height)
        let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        defer { cairo_surface_destroy(surface) }
        try draw(on: surface, width: width, height: height)
        let file = ByteSink()
        let status = withExtendedLifetime(file) {
            cairo_surface_write_to_png_stream(surface, ByteSink.append, file.address)
        }
        try check(status)
        return file.bytes
    }

    /// The chart as an SVG document; its glyphs are outlines, so the reader needs no fonts. Show it as an image
    /// of its own: two of them inside one HTML document would share the names of their glyphs.
    ///
    /// - Throws: ``ChartError``.
    public func svg(width: Int = 1200, height: Int = 800) throws(ChartError) -> String {
        try checkSize(width, height)
        // The surface writes to the sink until it is destroyed; deferred calls run in reverse order.
        let file = ByteSink()
        defer { withExtendedLifetime(file) {} }
        let surface = cairo_svg_surface_create_for_stream(
            ByteSink.append, file.address, Double(width), Double(height))
        defer { cairo_surface_destroy(surface) }
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
        try draw(on: surface, width: width, height: height)
        cairo_surface_finish(surface)
        try check(cairo_surface_status(surface))
        return String(decoding: Self.withoutSerial(file.bytes), as: UTF8.self)
    }

    /// cairo names the root group after a counter of the process, which would make equal charts differ.
    private static func withoutSerial(_ svg: [UInt8]) -> [UInt8] {
        guard let name = svg.firstRange(of: Array("<g id=\"surface".utf8)) else { return svg }
        let end = svg[name.upperBound...].firstIndex { !(0x30...0x39).contains($0) } ?? name.upperBound
        return Array(svg[..<name.upperBound]) + svg[end...]
    }

    private func checkSize(_ width: Int, _ height: Int) throws(ChartError) {
        guard Self.sides.contains(width), Self.sides.contains(height) else {
            throw .size(width: width, height: height)
        }
    }

    private func draw(on surface: OpaquePointer?, width: Int, height: Int) throws(ChartError) {
        try check(cairo_surface_status(surface))
        let context = cairo_create(surface)
        defer { cairo_destroy(context) }
        try check(cairo_status(context))
        ChartPainter(
            chart: self, canvas: Canvas(context: context, scale: min(Double(width) / 1200, Double(height) / 800))
        )
        .draw(width: Double(width), height: Double(height))
        try check(cairo_status(context))
    }

    private func check(_ status: cairo_status_t) throws(ChartError) {
        guard status != CAIRO_STATUS_SUCCESS else { return }
        throw .drawing(cairo_status_to_string(status).map { String(cString: $0) } ?? "status \(status.rawValue)")
    }
}

/// Collects what cairo writes.
private final class ByteSink {
    private(set) var bytes: [UInt8] = []

    /// Valid while the sink is alive.
    var address: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let append: cairo_write_func_t = { sink, data, length in
        guard let sink, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue().bytes
            .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
    }
}
