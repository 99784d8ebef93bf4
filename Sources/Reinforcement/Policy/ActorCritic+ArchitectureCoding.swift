import Neural

/// What an older version did not know is left out where it is not used, so that equal policies keep equal bytes.
extension ActorCritic.Architecture: Codable {
    private enum CodingKeys: String, CodingKey {
        case observationSize, actionChoices, policyLayers, valueLayers, activation, memoryUnits, normalisesLayers
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            observationSize: try values.decode(Int.self, forKey: .observationSize),
            actionChoices: try values.decode([Int].self, forKey: .actionChoices),
            policyLayers: try values.decode([Int].self, forKey: .policyLayers),
            valueLayers: try values.decode([Int].self, forKey: .valueLayers),
            activation: try values.decode(Activation.self, forKey: .activation),
            memoryUnits: try values.decodeIfPresent(Int.self, forKey: .memoryUnits),
            normalisesLayers: try values.decodeIfPresent(Bool.self, forKey: .normalisesLayers) ?? false)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(observationSize, forKey: .observationSize)
        try values.encode(actionChoices, forKey: .actionChoices)
        try values.encode(policyLayers, forKey: .policyLayers)
        try values.encode(valueLayers, forKey: .valueLayers)
        try values.encode(activation, forKey: .activation)
        try values.encodeIfPresent(memoryUnits, forKey: .memoryUnits)
        if normalisesLayers { try values.encode(true, forKey: .normalisesLayers) }
    }
}
