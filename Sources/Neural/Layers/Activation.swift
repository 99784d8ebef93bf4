/// What a dense layer applies to each of its outputs. Raw values are those of the C kernels.
public enum Activation: Int32, Sendable, CaseIterable {
    case linear = 0
    case tanh = 1
    /// x·σ(x) (Elfwing et al. 2018), also called swish.
    case silu = 2
}

extension Activation: Codable {
    private static let names: [(Activation, String)] = [(.linear, "linear"), (.tanh, "tanh"), (.silu, "silu")]

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let match = Self.names.first(where: { $0.1 == name }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(name)” is no activation; known are linear, tanh, silu")
        }
        self = match.0
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        for (value, name) in Self.names where value == self { try container.encode(name) }
    }
}
