/// The part of ONNX (onnx.proto, IR version 8, operator set 17) that a dense net needs: a graph of nodes over named float tensors.
struct ONNXGraph {
    /// The name of the batch dimension.
    static let batch = "N"

    let name: String
    private var nodes: [ProtobufMessage] = []
    private var initialisers: [ProtobufMessage] = []
    private var inputs: [ProtobufMessage] = []
    private var outputs: [ProtobufMessage] = []

    init(name: String) { self.name = name }

    /// Declares an input `[N × features]`.
    mutating func addInput(_ name: String, features: Int) { inputs.append(Self.value(name, features: features)) }

    /// Declares the tensor `name`, which a node computes, as an output `[N × features]`.
    mutating func addOutput(_ name: String, features: Int) { outputs.append(Self.value(name, features: features)) }

    /// A constant tensor; a scalar has the shape `[]`.
    mutating func addConstant(_ name: String, shape: [Int], _ values: [Float]) {
        var tensor = ProtobufMessage()
        for extent in shape { tensor.add(1, extent) }
        tensor.add(2, ElementType.float)
        tensor.add(8, name)
        tensor.add(9, values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
        initialisers.append(tensor)
    }

    /// A node that computes `output`, which also names the node.
    mutating func addNode(
        _ operation: String, _ inputs: [String], to output: String, integers: KeyValuePairs<String, Int> = [:]
    ) {
        var node = ProtobufMessage()
        for input in inputs { node.add(1, input) }
        node.add(2, output)
        node.add(3, output)
        node.add(4, operation)
        for (name, value) in integers {
            var attribute = ProtobufMessage()
            attribute.add(1, name)
            attribute.add(3, value)
            attribute.add(20, 2)
            node.add(5, attribute)
        }
        nodes.append(node)
    }

    /// The whole model file.
    func model(producer: String, description: String, properties: [(String, String)]) -> [UInt8] {
        var graph = ProtobufMessage()
        for node in nodes { graph.add(1, node) }
        graph.add(2, name)
        for tensor in initialisers { graph.add(5, tensor) }
        for input in inputs { graph.add(11, input) }
        for output in outputs { graph.add(12, output) }
        var operatorSet = ProtobufMessage()
        operatorSet.add(1, "")
        operatorSet.add(2, 17)
        var model = ProtobufMessage()
        model.add(1, 8)
        model.add(2, producer)
        model.add(6, description)
        model.add(7, graph)
        model.add(8, operatorSet)
        for (key, value) in properties {
            var property = ProtobufMessage()
            property.add(1, key)
            property.add(2, value)
            model.add(14, property)
        }
        return model.bytes
    }

    private enum ElementType { static let float = 1 }

    /// `ValueInfoProto` of a float tensor `[N × features]`.
    private static func value(_ name: String, features: Int) -> ProtobufMessage {
        var batch = ProtobufMessage()
        batch.add(2, Self.batch)
        var width = ProtobufMessage()
        width.add(1, features)
        var shape = ProtobufMessage()
        shape.add(1, batch)
        shape.add(1, width)
        var tensor = ProtobufMessage()
        tensor.add(1, ElementType.float)
        tensor.add(2, shape)
        var type = ProtobufMessage()
        type.add(1, tensor)
        var value = ProtobufMessage()
        value.add(1, name)
        value.add(2, type)
        return value
    }
}
