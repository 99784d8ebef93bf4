import Market
import Simulation

extension PublishedPolicy {
    /// Metadata of the exported model.
    var onnxProperties: [(String, String)] {
        var properties = [
            ("name", manifest.name), ("weights_sha256", sha256), ("layout", manifest.layout),
            ("actions", Exposure.allCases.map(\.description).joined(separator: ",")),
            ("symbols", manifest.symbols.map(\.rawValue).joined(separator: ",")),
            ("interval", manifest.interval.rawValue), ("synthetic", "\(manifest.synthetic)"),
            ("fee_bps", "\(manifest.costs.feeBps)"), ("slippage_bps", "\(manifest.costs.slippageBps)"),
        ]
        if let layout = ObservationLayout.named(manifest.layout) {
            properties.append(("features", layout.features.joined(separator: ",")))
        }
        return properties
    }
}
