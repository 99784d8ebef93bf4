/// A named block of numbers with its shape, row-major, as files carry it.
public struct Tensor: Sendable, Equatable {
    public enum Element: String, Sendable, Codable {
        case float32, float64, uint8

        var size: Int {
            switch self {
            case .float32: 4
            case .float64: 8
            case .uint8: 1
            }
        }
    }

    public let name: String
    public let element: Element
    public let shape: [Int]
    /// Little-endian.
    public let bytes: [UInt8]

    init(name: String, element: Element, shape: [Int], bytes: [UInt8]) {
        self.name = name
        self.element = element
        self.shape = shape
        self.bytes = bytes
    }

    public init(name: String, shape: [Int], floats: [Float]) {
        precondition(shape.reduce(1, *) == floats.count, "\(name) has \(floats.count) values, its shape says otherwise")
        self.init(
            name: name, element: .float32, shape: shape,
            bytes: floats.flatMap { Self.littleEndian($0.bitPattern) })
    }

    public init(name: String, doubles: [Double]) {
        self.init(
            name: name, element: .float64, shape: [doubles.count],
            bytes: doubles.flatMap { Self.littleEndian($0.bitPattern) })
    }

    public init(name: String, bytes: [UInt8]) {
        self.init(name: name, element: .uint8, shape: [bytes.count], bytes: bytes)
    }

    public var floats: [Float]? {
        guard element == .float32 else { return nil }
        return stride(from: 0, to: bytes.count, by: 4).map { Float(bitPattern: Self.integer(bytes[$0..<$0 + 4])) }
    }

    public var doubles: [Double]? {
        guard element == .float64 else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { Double(bitPattern: Self.integer(bytes[$0..<$0 + 8])) }
    }

    static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func integer<T: FixedWidthInteger>(_ bytes: some Collection<UInt8>) -> T {
        bytes.reversed().reduce(0) { ($0 << 8) | T($1) }
    }
}
