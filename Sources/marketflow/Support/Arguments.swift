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
    /// As `thorough`, with a memory.
    case recurrent

    var settings: PPOSettings {
        switch self {
        case .fast: .fast
        case .default: .stableBaselines3
        case .thorough: .thorough
        case .recurrent: .recurrent
        }
    }
}

/// Exits that do not wait for the policy, where a command may be told.
struct ProtectionOptions: ParsableArguments {
    @Option(help: "Close a position that moves against its entry by this fraction.")
    var stop: Double?

    @Option(help: "Close a position that moves for its entry by this fraction.")
    var target: Double?

    /// What the user said, and `usual` for what they did not; 0 is none.
    func protection(usual: Protection = .none) throws -> Protection {
        for (name, value, limit) in [("--stop", stop, 0.99), ("--target", target, 100)] {
            guard let value else { continue }
            guard (0...limit).contains(value) else {
                throw CommandError("\(name) is \(value), but a fraction from 0 to \(limit) is needed; 0 is none.")
            }
        }
        func chosen(_ told: Double?, _ usual: Double?) -> Double? { told.map { $0 > 0 ? $0 : nil } ?? usual }
        return Protection(stopLoss: chosen(stop, usual.stopLoss), takeProfit: chosen(target, usual.takeProfit))
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
