import Market
import MarketData
import Testing

/// gzip, zip and the CHECKSUM file.
struct CandleFilePackingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ bytes: [UInt8], name: String = "a.zip") throws -> [Candle] {
        try CandleFileReader(path: try folder.file(name, bytes), interval: .fifteenMinutes).read().candles
    }

    private func reason(_ bytes: [UInt8]) throws -> String? {
        do {
            _ = try read(bytes)
            return nil
        } catch CandleFileError.badArchive(_, let reason) { return reason }
    }

    @Test(
        "the packed forms give the same candles",
        arguments: [
            PackedCandles.gzip, PackedCandles.gzipInTwoMembers, PackedCandles.deflated, PackedCandles.stored,
            PackedCandles.withMacShadow,
        ])
    func packed(bytes: [UInt8]) throws {
        #expect(try read(bytes) == CandleFileLayoutTests.expected)
    }

    @Test("the content decides, not the name")
    func misnamed() throws {
        #expect(try read(PackedCandles.deflated, name: "a.csv") == CandleFileLayoutTests.expected)
        #expect(try read(PackedCandles.gzip, name: "a.zip") == CandleFileLayoutTests.expected)
    }

    @Test("a cut-off gzip file is refused")
    func cutGzip() throws {
        #expect(
            throws: CandleFileError.unreadable(file: folder.path + "/a.gz", reason: "the gzip file is cut off")
        ) { try read(Array(PackedCandles.gzip.dropLast(20)), name: "a.gz") }
    }

    @Test("archives that cannot be used say why")
    func unusable() throws {
        #expect(try reason(PackedCandles.bzip2)?.contains("method 12") == true)
        #expect(try reason(PackedCandles.twoTables) == "it holds 2 CSV files, but one is expected")
        #expect(try reason(PackedCandles.noTable) == "it holds 0 CSV files, but one is expected")
        #expect(try reason(Array(PackedCandles.deflated.dropLast(30)))?.contains("no table of contents") == true)
    }

    @Test("an encrypted entry, ZIP64 and several disks are refused")
    func flags() throws {
        // Offsets from the end of an archive with one entry and no comment, APPNOTE 4.3.12 and 4.3.16.
        let count = PackedCandles.deflated.count
        let directory = count - 22 - 46 - "BTCUSDT-15m-2024-08.csv".utf8.count
        func patched(_ offset: Int, _ values: [UInt8]) -> [UInt8] {
            var bytes = PackedCandles.deflated
            bytes.replaceSubrange(offset..<offset + values.count, with: values)
            return bytes
        }
        #expect(try reason(patched(directory + 8, [1, 0]))?.hasSuffix("is encrypted") == true)
        #expect(try reason(patched(count - 12, [0xFF, 0xFF]))?.contains("ZIP64") == true)
        #expect(try reason(patched(directory + 20, [0xFF, 0xFF, 0xFF, 0xFF]))?.contains("ZIP64") == true)
        #expect(try reason(patched(count - 18, [1, 0])) == "it is split over several files")
        #expect(try reason(patched(count - 6, [0xFF, 0xFF, 0xFF, 0])) != nil)
        // CRC-32, then the size before packing: one less, one more.
        #expect(try reason(patched(directory + 16, [0, 0, 0, 0]))?.contains("CRC-32") == true)
        let size = PackedCandles.lines.joined(separator: "\n").utf8.count + 1
        #expect(try reason(patched(directory + 24, [UInt8((size - 1) & 255)]))?.contains("announced") == true)
        #expect(try reason(patched(directory + 24, [UInt8((size + 1) & 255)]))?.hasSuffix("is cut off") == true)
    }

    @Test("a decompression bomb ends at the size limit")
    func bomb() throws {
        let path = try folder.file("a.zip", PackedCandles.bomb)
        let limits = CandleFileLimits(bytes: 100_000)
        #expect(throws: CandleFileError.tooLarge(file: path, limit: 100_000)) {
            try CandleFileReader(path: path, interval: .fifteenMinutes, mode: .lenient, limits: limits).read()
        }
    }

    @Test("a matching CHECKSUM file is accepted, whatever the download is called now")
    func checksum() throws {
        let line = PackedCandles.sha256OfDeflated + "  BTCUSDT-15m-2024-08.zip\n"
        _ = try folder.file("a.zip.CHECKSUM", line)
        #expect(try read(PackedCandles.deflated) == CandleFileLayoutTests.expected)
        _ = try folder.file(
            "BTCUSDT-15m-2024-08.zip.CHECKSUM", String(repeating: "0", count: 64) + "  other.zip\n" + line)
        #expect(try read(PackedCandles.deflated, name: "BTCUSDT-15m-2024-08.zip") == CandleFileLayoutTests.expected)
    }

    @Test("a file that does not match its CHECKSUM is refused")
    func wrongChecksum() throws {
        let zeros = String(repeating: "0", count: 64)
        _ = try folder.file("a.zip.CHECKSUM", zeros + "  a.zip\n")
        #expect(
            throws: CandleFileError.checksumMismatch(
                file: folder.path + "/a.zip", expected: zeros, actual: PackedCandles.sha256OfDeflated)
        ) { try read(PackedCandles.deflated) }
    }

    @Test("a CHECKSUM file without a sum is refused", arguments: ["", "<html>", "abc  a.zip"])
    func badChecksum(text: String) throws {
        let path = try folder.file("a.zip.CHECKSUM", text)
        #expect(throws: CandleFileError.badChecksumFile(file: path)) { try read(PackedCandles.deflated) }
    }
}
