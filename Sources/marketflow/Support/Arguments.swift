import ArgumentParser
import Market
import Neural
import Reinforcement
import Simulation

extension Interval: ExpressibleByArgument {}

extension Symbol: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

extension KernelLevel: ExpressibleByArgument {
    public init?(argument: String) {
        guard let level = Self.allCases.first(where: { $0.name == argument }) else { return nil }
        self = level
    }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}

/// A named set of PPO hyper-parameters.
enum Preset: String, ExpressibleByArgument, CaseIterable {
    /// 64 copies, large minibatches.
    case fast
    /// Stable-Baselines3's defaults.
    case `default`
    /// As `fast`, with more and smaller gradient steps.
    case thorough

    var settings: PPOSettings {
        switch self {
        case .fast: .fast
        case .default: .stableBaselines3
        case .thorough: .thorough
        }
    }
}

/// What trading costs, where a command may be told.
struct CostOptions: ParsableArguments {
    @Option(help: "Exchange fee of one side, in basis points.")
    var feeBps: Double?

    @Option(help: "Slippage of one side, in basis points.")
    var slippageBps: Double?

    /// What the user said, and `usual` for what they did not.
    func costs(usual: CostModel = CostModel()) -> CostModel {
        CostModel(feeBps: feeBps ?? usual.feeBps, slippageBps: slippageBps ?? usual.slippageBps)
    }
}
