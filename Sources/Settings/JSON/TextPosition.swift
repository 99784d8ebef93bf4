/// Line and column, both from 1; columns count Unicode scalars.
struct TextPosition: Sendable, Equatable {
    let line: Int
    let column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Where the byte at `offset` of UTF-8 text stands. Linear in the offset.
    init(of offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? JSONReader.start(of: bytes)
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before.dropFirst(start).count { $0 & 0xC0 != 0x80 } + 1
    }
}
