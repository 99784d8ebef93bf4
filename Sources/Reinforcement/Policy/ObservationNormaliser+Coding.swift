extension ObservationNormaliser: Codable {
    private enum CodingKeys: String, CodingKey { case count, mean, variance, clip }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let mean = try values.decode([Double].self, forKey: .mean)
        let variance = try values.decode([Double].self, forKey: .variance)
        let count = try values.decode(Double.self, forKey: .count)
        let clip = try values.decode(Float.self, forKey: .clip)
        guard mean.count == variance.count, variance.allSatisfy({ $0 >= 0 }), count >= 0, clip > 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .variance, in: values, debugDescription: "an observation normaliser out of range")
        }
        self.init(count: count, mean: mean, variance: variance, clip: clip)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(count, forKey: .count)
        try values.encode(mean, forKey: .mean)
        try values.encode(variance, forKey: .variance)
        try values.encode(clip, forKey: .clip)
    }
}
