import Crypto
import Glibc

/// The `NAME.CHECKSUM` file that Binance puts beside each dump: `sha256sum` layout, `HASH  NAME`.
enum ChecksumFile {
    /// Compares `file` with the sum beside it; without one there is nothing to do.
    static func verify(_ file: OpenFile) throws(CandleFileError) {
        let path = file.path + ".CHECKSUM"
        let sums: OpenFile
        do throws(CandleFileError) { sums = try OpenFile(path) } catch {
            if case .cannotOpen = error, access(path, F_OK) != 0 { return }
            throw error
        }
        let text = String(decoding: try sums.bytes(at: 0, count: min(sums.size, 1 << 16)), as: UTF8.self)
        guard let expected = sum(in: text, for: file.path) else { throw .badChecksumFile(file: path) }
        let actual = try sha256(of: file)
        guard actual == expected else { throw .checksumMismatch(file: file.path, expected: expected, actual: actual) }
    }

    /// The sum of the line that names the file, or of the only line: a download may have been renamed.
    private static func sum(in text: String, for path: String) -> String? {
        let name = path.split(separator: "/").last ?? ""
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(whereSeparator: \.isWhitespace) }
        let line =
            lines.first { $0.count > 1 && ($0[1] == name || $0[1] == "*" + name) }
            ?? (lines.count == 1 ? lines[0] : nil)
        guard let hash = line?.first?.lowercased(), hash.utf8.count == 64, hash.allSatisfy(\.isHexDigit) else {
            return nil
        }
        return hash
    }

    private static func sha256(of file: OpenFile) throws(CandleFileError) -> String {
        var hash = SHA256()
        var offset = 0
        while offset < file.size {
            let bytes = try file.bytes(at: offset, count: 1 << 18)
            if bytes.isEmpty { break }
            hash.update(data: bytes)
            offset += bytes.count
        }
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
