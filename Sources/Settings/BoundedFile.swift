import Glibc

/// A small file, read whole.
enum BoundedFile {
    struct Fault: Error {
        /// `errno`; 0 if the file is too large.
        let code: Int32
        let reason: String
    }

    static func read(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw fault(errno) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        if ferror(file) != 0 { throw fault(errno) }
        if count > limit { throw Fault(code: 0, reason: "it is larger than \(limit >> 10) KiB") }
        return Array(bytes[..<count])
    }

    private static func fault(_ code: Int32) -> Fault {
        Fault(code: code, reason: String(cString: strerror(code)).lowercased())
    }
}
