/// Why bytes were refused as an archive of tensors.
public enum TensorArchiveError: Error, Equatable, Sendable {
    case notAnArchive
    case version(found: UInt32)
    case truncated(expected: Int, found: Int)
    case damaged
    case header(reason: String)
    case kind(expected: String, found: String)
    case missing(tensor: String)
    case element(tensor: String, expected: String, found: String)
    case shape(tensor: String, expected: [Int], found: [Int])
    case notFinite(tensor: String)
}

extension TensorArchiveError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notAnArchive: "this is not a MarketFlow tensor file"
        case .version(let found):
            "the file's format version is \(found), this program reads \(TensorArchive.version)"
        case .truncated(let expected, let found): "the file should be \(expected) bytes long and is \(found)"
        case .damaged: "the file's SHA-256 does not match its content: it was damaged or changed"
        case .header(let reason): "the file's header is unusable (\(reason))"
        case .kind(let expected, let found): "the file holds “\(found)”, not “\(expected)”"
        case .missing(let tensor): "the file has no tensor \(tensor)"
        case .element(let tensor, let expected, let found):
            "the tensor \(tensor) is \(found), \(expected) was expected"
        case .shape(let tensor, let expected, let found):
            "the tensor \(tensor) has the shape \(found), \(expected) was expected"
        case .notFinite(let tensor): "the tensor \(tensor) holds numbers that are not finite"
        }
    }
}
