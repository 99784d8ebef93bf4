/// The table of contents of a zip archive (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
struct ZipArchive {
    struct Entry {
        let file: OpenFile
        let name: String
        let isStored: Bool
        let crc32: UInt32
        let packedSize: Int
        let size: Int
        /// Where the packed bytes begin in the file.
        let offset: Int
    }

    private static let directoryLimit = 1 << 20
    private let file: OpenFile
    private let headers: [Header]

    init(_ file: OpenFile) throws(CandleFileError) {
        self.file = file
        let end = try Self.endRecord(of: file)
        guard end.diskNumber == 0, end.directoryDisk == 0 else {
            throw Self.refusal(file, "it is split over several files")
        }
        guard end.entries != 0xFFFF, end.directorySize != 0xFFFF_FFFF, end.directoryOffset != 0xFFFF_FFFF else {
            throw Self.refusal(file, "it is in the ZIP64 form, which is not supported; unpack it first")
        }
        guard end.directorySize <= Self.directoryLimit, end.directoryOffset + end.directorySize <= file.size else {
            throw Self.refusal(file, "its table of contents lies outside the file or is larger than 1 MiB")
        }
        let directory = LittleEndian(try file.bytes(at: end.directoryOffset, count: end.directorySize))
        var headers: [Header] = []
        var offset = 0
        for _ in 0..<end.entries {
            guard let header = Header(directory, at: offset) else {
                throw Self.refusal(file, "its table of contents is damaged")
            }
            headers.append(header)
            offset += header.length
        }
        self.headers = headers
    }

    /// The one CSV file in the archive.
    func candleEntry() throws(CandleFileError) -> Entry {
        // macOS adds a shadow file to each one it packs.
        let tables = headers.filter { $0.name.lowercased().hasSuffix(".csv") && !$0.name.hasPrefix("__MACOSX/") }
        guard let header = tables.first, tables.count == 1 else {
            throw Self.refusal(file, "it holds \(tables.count) CSV files, but one is expected")
        }
        guard header.flags & 0x2041 == 0 else { throw Self.refusal(file, "\(Excerpt.of(header.name)) is encrypted") }
        guard header.method == 0 || header.method == 8 else {
            throw Self.refusal(
                file,
                "\(Excerpt.of(header.name)) is packed with method \(header.method); only stored and deflated are supported"
            )
        }
        guard header.packedSize != 0xFFFF_FFFF, header.size != 0xFFFF_FFFF, header.offset != 0xFFFF_FFFF else {
            throw Self.refusal(file, "it is in the ZIP64 form, which is not supported; unpack it first")
        }
        // The local header repeats the name, with extra fields of its own length.
        let local = LittleEndian(try file.bytes(at: header.offset, count: 30))
        guard local.count == 30, local.u32(0) == 0x0403_4B50 else {
            throw Self.refusal(file, "the entry \(Excerpt.of(header.name)) is damaged")
        }
        let offset = header.offset + 30 + local.u16(26) + local.u16(28)
        guard offset + header.packedSize <= file.size, header.method == 8 || header.packedSize == header.size else {
            throw Self.refusal(file, "the entry \(Excerpt.of(header.name)) is cut off")
        }
        return Entry(
            file: file, name: header.name, isStored: header.method == 0, crc32: UInt32(header.crc32),
            packedSize: header.packedSize, size: header.size, offset: offset)
    }

    static func refusal(_ file: OpenFile, _ reason: String) -> CandleFileError {
        .badArchive(file: file.path, reason: reason)
    }

    private struct EndRecord {
        let diskNumber, directoryDisk, entries, directorySize, directoryOffset: Int
    }

    /// The record stands at the very end, before a comment of at most 65,535 bytes.
    private static func endRecord(of file: OpenFile) throws(CandleFileError) -> EndRecord {
        let tailSize = min(file.size, 22 + 0xFFFF)
        let tail = LittleEndian(try file.bytes(at: file.size - tailSize, count: tailSize))
        for offset in stride(from: tail.count - 22, through: 0, by: -1)
        where tail.u32(offset) == 0x0605_4B50 && offset + 22 + tail.u16(offset + 20) == tail.count {
            return EndRecord(
                diskNumber: tail.u16(offset + 4), directoryDisk: tail.u16(offset + 6), entries: tail.u16(offset + 10),
                directorySize: tail.u32(offset + 12), directoryOffset: tail.u32(offset + 16))
        }
        throw refusal(file, "it has no table of contents; the download may be cut off")
    }

    private struct Header {
        let flags, method, crc32, packedSize, size, offset, length: Int
        let name: String

        init?(_ directory: LittleEndian, at start: Int) {
            guard start + 46 <= directory.count, directory.u32(start) == 0x0201_4B50 else { return nil }
            let nameLength = directory.u16(start + 28)
            length = 46 + nameLength + directory.u16(start + 30) + directory.u16(start + 32)
            guard start + length <= directory.count else { return nil }
            flags = directory.u16(start + 8)
            method = directory.u16(start + 10)
            crc32 = directory.u32(start + 16)
            packedSize = directory.u32(start + 20)
            size = directory.u32(start + 24)
            offset = directory.u32(start + 42)
            name = String(decoding: directory.bytes[start + 46..<start + 46 + nameLength], as: UTF8.self)
        }
    }
}

/// Unsigned little-endian numbers in a piece of a file. Offsets are checked by the caller.
private struct LittleEndian {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }
    func u16(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
    func u32(_ offset: Int) -> Int { u16(offset) | u16(offset + 2) << 16 }
}
