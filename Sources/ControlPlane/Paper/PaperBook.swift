import Simulation

/// What paper trading on one series keeps between two walks, as it is stored: the walker, and beside its own keys what a policy
/// with memory remembers, so that a restart changes nothing.
struct PaperBook: Codable {
    var walker: TradeWalker
    /// Empty for a policy without memory.
    var memory: [Float] = []

    init(walker: TradeWalker) { self.walker = walker }

    private enum CodingKeys: String, CodingKey { case memory }

    init(from decoder: any Decoder) throws {
        walker = try TradeWalker(from: decoder)
        memory = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([Float].self, forKey: .memory) ?? []
    }

    func encode(to encoder: any Encoder) throws {
        try walker.encode(to: encoder)
        guard !memory.isEmpty else { return }
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(memory, forKey: .memory)
    }
}
