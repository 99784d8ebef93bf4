/// A fixed number of Float32, aligned to 64 bytes and zero at first. Owned by one thread at a time.
public final class FloatBuffer {
    public let count: Int
    public let base: UnsafeMutablePointer<Float>

    public init(count: Int) {
        self.count = count
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
        base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
        base.initialize(repeating: 0, count: max(count, 1))
    }

    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        copy(from: values)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    public var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

    public func copy(from values: [Float]) {
        precondition(values.count == count, "a buffer of \(count) cannot hold \(values.count) values")
        values.withUnsafeBufferPointer { base.update(from: $0.baseAddress ?? UnsafePointer(base), count: count) }
    }

    public func copy(from other: FloatBuffer) {
        precondition(other.count == count, "a buffer of \(count) cannot hold \(other.count) values")
        base.update(from: other.base, count: count)
    }

    public func clear() { base.update(repeating: 0, count: count) }
}

/// `count` rounded up to the 16 lanes that every kernel width is a multiple of.
@inlinable public func padded(_ count: Int) -> Int { (count + 15) & ~15 }
