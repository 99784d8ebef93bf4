/// How soundly the last updates of a PPO training went: the share of them with every diagnostic in its healthy range.
public struct LearningStability: Sendable, Hashable, Codable {
    /// The diagnostics of one update.
    public struct Update: Sendable, Hashable, Codable {
        public var loss: Double
        public var approximateKL: Double
        public var explainedVariance: Double
        /// Mean entropy of the action distribution, in nats.
        public var entropy: Double
        /// Share of samples whose ratio was clipped, 0…1.
        public var clipFraction: Double

        public init(
            loss: Double, approximateKL: Double, explainedVariance: Double, entropy: Double, clipFraction: Double
        ) {
            self.loss = loss
            self.approximateKL = approximateKL
            self.explainedVariance = explainedVariance
            self.entropy = entropy
            self.clipFraction = clipFraction
        }
    }

    /// What can be wrong with an update.
    public enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
        case notFinite = "not_finite"
        /// Approximate KL above twice its target: steps too large.
        case kl
        /// Explained variance of 0 or less: the value function is worse than a constant.
        case value
        /// Entropy at or below the floor: the policy has stopped exploring.
        case entropy
        /// Three in ten samples clipped or more.
        case clipping
    }

    /// Updates that were looked at, at most ``window``.
    public let updates: Int
    /// Healthy updates per update, 0…1; 0 when there was none.
    public let share: Double
    /// How many updates showed each fault; an update can show several. Keys are ``Fault`` raw values.
    public let faults: [String: Int]

    public static let window = 50

    /// - Parameters:
    ///   - updates: oldest first; the last ``window`` count.
    ///   - targetKL: the training's own target, above 0.
    ///   - entropyFloor: in nats; the default is a twentieth of the largest entropy of three actions.
    public init(updates: [Update], targetKL: Double, entropyFloor: Double = 0.055) {
        let recent = updates.suffix(Self.window)
        let found = recent.map { Self.faults(of: $0, targetKL: targetKL, entropyFloor: entropyFloor) }
        self.updates = recent.count
        share = recent.isEmpty ? 0 : Double(found.count(where: \.isEmpty)) / Double(recent.count)
        faults = found.joined().reduce(into: [:]) { $0[$1.rawValue, default: 0] += 1 }
    }

    private static func faults(of update: Update, targetKL: Double, entropyFloor: Double) -> [Fault] {
        let figures = [
            update.loss, update.approximateKL, update.explainedVariance, update.entropy, update.clipFraction,
        ]
        guard figures.allSatisfy(\.isFinite) else { return [.notFinite] }
        var found: [Fault] = []
        if update.approximateKL > 2 * targetKL { found.append(.kl) }
        if update.explainedVariance <= 0 { found.append(.value) }
        if update.entropy <= entropyFloor { found.append(.entropy) }
        if update.clipFraction >= 0.3 { found.append(.clipping) }
        return found
    }
}
