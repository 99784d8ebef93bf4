import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `multipart/form-data` (RFC 7578) with one file.
struct MultipartForm {
    let boundary: String
    private(set) var body = ByteBuffer()

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The boundary is drawn at random, so that no file can have been made to contain it.
    init(
        boundary: String = "form-" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    ) {
        self.boundary = boundary
    }

    mutating func append(field name: String, _ value: Data) {
        body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n")
        body.writeBytes(value)
        body.writeString("\r\n")
    }

    mutating func append(file: FileUpload, as name: String) {
        body.reserveCapacity(minimumWritableBytes: file.data.count + 512)
        body.writeString(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(Self.quoted(file.name))\"\r\n"
                + "Content-Type: \(Self.header(file.contentType))\r\n\r\n")
        body.writeBytes(file.data)
        body.writeString("\r\n")
    }

    mutating func finish() { body.writeString("--\(boundary)--\r\n") }

    /// Quotes and line ends inside a file name as browsers write them (scalar by scalar: a line end of two is one character).
    private static func quoted(_ name: String) -> String {
        name.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "%22"
            case "\r": "%0D"
            case "\n": "%0A"
            default: String(scalar)
            }
        }.joined()
    }

    private static func header(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }
}
