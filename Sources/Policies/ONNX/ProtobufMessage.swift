/// A protocol-buffers message being written, field by field in ascending order of their numbers
/// (protobuf.dev/programming-guides/encoding).
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0
        case lengthDelimited = 2
    }

    mutating func add(_ field: UInt64, _ value: Int) {
        addKey(field, .varint)
        addVarint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: UInt64, _ text: String) { add(field, Array(text.utf8)) }

    mutating func add(_ field: UInt64, _ content: [UInt8]) {
        addKey(field, .lengthDelimited)
        addVarint(UInt64(content.count))
        bytes += content
    }

    mutating func add(_ field: UInt64, _ message: ProtobufMessage) { add(field, message.bytes) }

    private mutating func addKey(_ field: UInt64, _ type: WireType) { addVarint(field << 3 | type.rawValue) }

    private mutating func addVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
