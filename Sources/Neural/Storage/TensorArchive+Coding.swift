import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Layout, little-endian: the 8 bytes `MFTENSOR`, UInt32 version, UInt32 header length, a JSON header (kind, metadata, tensors with
/// element, shape and byte count), the tensors' bytes in the header's order, SHA-256 of all before it.
extension TensorArchive {
    static let version: UInt32 = 1
    private static let magic = Array("MFTENSOR".utf8)
    private static let digestLength = 32
    /// No file of ours comes near; guards the reader against absurd headers.
    private static let mostElements = 1 << 30

    private struct Header: Codable {
        struct Entry: Codable {
            let name: String
            let element: Tensor.Element
            let shape: [Int]
        }

        let kind: String
        let metadata: String
        let tensors: [Entry]
    }

    public func encoded() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let header: Data
        do {
            header = try encoder.encode(
                Header(
                    kind: kind, metadata: metadata,
                    tensors: tensors.map { .init(name: $0.name, element: $0.element, shape: $0.shape) }))
        } catch {
            preconditionFailure("strings and whole numbers always encode as JSON: \(error)")
        }
        var data = Data(Self.magic)
        data.append(contentsOf: Tensor.littleEndian(Self.version))
        data.append(contentsOf: Tensor.littleEndian(UInt32(header.count)))
        data.append(header)
        for tensor in tensors { data.append(contentsOf: tensor.bytes) }
        data.append(contentsOf: SHA256.hash(data: data))
        return data
    }

    /// Refuses whatever is damaged, cut short, of another version, or not `kind`.
    public init(decoding data: Data, kind: String) throws(TensorArchiveError) {
        let bytes = [UInt8](data)
        guard bytes.count >= 16, Array(bytes[0..<8]) == Self.magic else { throw .notAnArchive }
        let version: UInt32 = Tensor.integer(bytes[8..<12])
        guard version == Self.version else { throw .version(found: version) }
        let headerLength = Int(Tensor.integer(bytes[12..<16]) as UInt32)
        let shortest = 16 + headerLength + Self.digestLength
        guard bytes.count >= shortest else { throw .truncated(expected: shortest, found: bytes.count) }
        let header = try Self.header(Data(bytes[16..<16 + headerLength]))
        var expected = shortest
        for entry in header.tensors { expected += try Self.byteCount(entry) }
        guard bytes.count == expected else { throw .truncated(expected: expected, found: bytes.count) }
        let body = bytes.count - Self.digestLength
        guard Array(SHA256.hash(data: Data(bytes[0..<body]))) == Array(bytes[body...]) else { throw .damaged }
        guard header.kind == kind else { throw .kind(expected: kind, found: header.kind) }
        var position = 16 + headerLength
        var tensors: [Tensor] = []
        for entry in header.tensors {
            let length = try Self.byteCount(entry)
            tensors.append(
                Tensor(
                    name: entry.name, element: entry.element, shape: entry.shape,
                    bytes: Array(bytes[position..<position + length])))
            position += length
        }
        self.init(kind: header.kind, metadata: header.metadata, tensors: tensors)
    }

    private static func header(_ data: Data) throws(TensorArchiveError) -> Header {
        do {
            return try JSONDecoder().decode(Header.self, from: data)
        } catch {
            throw .header(reason: "\(error)")
        }
    }

    private static func byteCount(_ entry: Header.Entry) throws(TensorArchiveError) -> Int {
        var count = 1
        for extent in entry.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow, product <= mostElements else {
                throw .header(reason: "the shape of \(entry.name) is \(entry.shape)")
            }
            count = product
        }
        return count * entry.element.size
    }
}
