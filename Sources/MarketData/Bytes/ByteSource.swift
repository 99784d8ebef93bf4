/// Bytes that can be read once, front to back.
protocol ByteSource: AnyObject {
    /// Fills the beginning of `buffer` and returns how many bytes that were; 0 only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Refuses to go on past `limit` bytes: what a small compressed file may grow into is not known before.
final class BoundedSource: ByteSource {
    private let source: any ByteSource
    private let file: String
    private let limit: Int
    private var total = 0

    init(_ source: any ByteSource, file: String, limit: Int) {
        self.source = source
        self.file = file
        self.limit = limit
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        total += count
        guard total <= limit else { throw CandleFileError.tooLarge(file: file, limit: limit) }
        return count
    }
}
