import Settings
import Testing

func load(
    _ json: String? = nil, environment: [String: String] = [:], set overrides: [String] = []
) throws(SettingsError) -> Settings {
    try Settings.load(
        document: json.map { ("marketflow.json", Array($0.utf8)) }, environment: environment, overrides: overrides)
}

/// What a person reads when these settings are refused.
func complaint(
    _ json: String? = nil, environment: [String: String] = [:], set overrides: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) -> String {
    let error = #expect(throws: SettingsError.self, sourceLocation: sourceLocation) {
        try load(json, environment: environment, set: overrides)
    }
    return error?.description ?? ""
}

/// The project's folder.
let projectRoot = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
