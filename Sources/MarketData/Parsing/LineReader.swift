import Glibc

/// Cuts a byte source into lines of bounded length, in one buffer that is used again and again.
final class LineReader {
    static let capacity = 1 << 18

    enum Line {
        /// Without its line break; valid until the next call.
        case whole(UnsafeBufferPointer<UInt8>)
        /// The line was longer than the limit and was skipped.
        case tooLong
    }

    private let source: any ByteSource
    private let limit: Int
    private let buffer = UnsafeMutableRawPointer.allocate(byteCount: LineReader.capacity, alignment: 16)
    private var start = 0
    private var end = 0
    private var isSourceDry = false
    /// Lines handed out so far.
    private(set) var number = 0

    init(_ source: any ByteSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    deinit { buffer.deallocate() }

    /// The next line, or nil at the end of the source. The last line needs no line break.
    func next() throws -> Line? {
        var skipped = false
        while true {
            if let stop = lineFeed() {
                let length = stop - start
                defer { start = stop + 1 }
                number += 1
                return skipped || length > limit ? .tooLong : .whole(line(from: start, length: length))
            }
            if isSourceDry {
                let length = end - start
                guard length > 0 || skipped else { return nil }
                defer { start = end }
                number += 1
                return skipped || length > limit ? .tooLong : .whole(line(from: start, length: length))
            }
            if end - start > limit {
                skipped = true
                start = end
            }
            try refill()
        }
    }

    private func lineFeed() -> Int? {
        guard start < end, let found = memchr(buffer + start, Int32(Ascii.lineFeed), end - start) else { return nil }
        return found - buffer
    }

    private func line(from start: Int, length: Int) -> UnsafeBufferPointer<UInt8> {
        let bytes = UnsafeBufferPointer(start: (buffer + start).assumingMemoryBound(to: UInt8.self), count: length)
        return bytes.last == Ascii.carriageReturn ? UnsafeBufferPointer(rebasing: bytes.dropLast()) : bytes
    }

    private func refill() throws {
        memmove(buffer, buffer + start, end - start)
        end -= start
        start = 0
        let count = try source.read(
            into: UnsafeMutableRawBufferPointer(start: buffer + end, count: Self.capacity - end))
        isSourceDry = count == 0
        end += count
    }
}
