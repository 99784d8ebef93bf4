#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A file that goes up with a call, at most 50 MB (10 MB for photos).
public struct FileUpload: Codable, Sendable, Hashable {
    public var name: String
    public var contentType: String
    public var data: Data

    public init(name: String, contentType: String = "application/octet-stream", data: Data) {
        self.name = name
        self.contentType = contentType
        self.data = data
    }

    public static func png(_ name: String, _ data: Data) -> FileUpload {
        FileUpload(name: name, contentType: "image/png", data: data)
    }

    public static func text(_ name: String, _ text: String) -> FileUpload {
        FileUpload(name: name, contentType: "text/plain; charset=utf-8", data: Data(text.utf8))
    }
}
