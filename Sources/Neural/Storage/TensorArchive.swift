/// Named tensors with a kind and free metadata, as one block of bytes that shows any damage.
public struct TensorArchive: Sendable, Equatable {
    /// What the archive is, for example `marketflow.policy`.
    public var kind: String
    /// Text of the owner's choice, most often JSON.
    public var metadata: String
    public var tensors: [Tensor]

    public init(kind: String, metadata: String, tensors: [Tensor]) {
        self.kind = kind
        self.metadata = metadata
        self.tensors = tensors
    }

    public func tensor(_ name: String) throws(TensorArchiveError) -> Tensor {
        guard let tensor = tensors.first(where: { $0.name == name }) else { throw .missing(tensor: name) }
        return tensor
    }

    /// The finite Float32 values of a tensor of exactly this shape.
    public func floats(_ name: String, shape: [Int]) throws(TensorArchiveError) -> [Float] {
        let tensor = try tensor(name)
        guard let values = tensor.floats else {
            throw .element(tensor: name, expected: "float32", found: tensor.element.rawValue)
        }
        guard tensor.shape == shape else { throw .shape(tensor: name, expected: shape, found: tensor.shape) }
        guard values.allSatisfy(\.isFinite) else { throw .notFinite(tensor: name) }
        return values
    }

    /// The finite Float64 values of a tensor of `count` entries.
    public func doubles(_ name: String, count: Int) throws(TensorArchiveError) -> [Double] {
        let tensor = try tensor(name)
        guard let values = tensor.doubles else {
            throw .element(tensor: name, expected: "float64", found: tensor.element.rawValue)
        }
        guard values.count == count else { throw .shape(tensor: name, expected: [count], found: tensor.shape) }
        guard values.allSatisfy(\.isFinite) else { throw .notFinite(tensor: name) }
        return values
    }
}
