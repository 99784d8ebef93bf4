import Foundation
import Store

/// The five figures of continual learning; formulas stand in `docs/metrics.md`.
public struct LearningMetrics: Codable, Sendable, Equatable {
    /// Mean net return of the paper trades closed in the last 24 h; nil without any.
    public var averageReward: Double?
    public var rewardedTrades: Int
    /// Jensen–Shannon divergence of challenger's and champion's actions in the last cycle, 0…1.
    public var modelDrift: Double?
    /// Largest population stability index of a feature in the last cycle.
    public var dataDrift: Double?
    /// Share of the last updates that were healthy, 0…1.
    public var learningStability: Double?
    /// Cycles finished with a judgement in the last 24 h.
    public var retrainFrequency: Int
    /// Mean net log return a bar, out of sample, of the last challenger.
    public var validationReward: Double?
    public var stepsPerSecond: Double?

    public init(_ transaction: Transaction, now: Date) throws {
        let day = now.addingTimeInterval(-86_400)
        let trades = try transaction.trades(closedSince: day).filter { $0.source == "paper" }
        rewardedTrades = trades.count
        averageReward = trades.isEmpty ? nil : trades.reduce(0) { $0 + $1.netReturn } / Double(trades.count)
        modelDrift = try transaction.latestMetric(MetricName.modelDrift)?.value
        dataDrift = try transaction.latestMetric(MetricName.dataDrift)?.value
        learningStability = try transaction.latestMetric(MetricName.learningStability)?.value
        retrainFrequency = try transaction.finishedCycles(since: day)
        validationReward = try transaction.latestMetric(MetricName.validationReward)?.value
        stepsPerSecond = try transaction.latestMetric(MetricName.stepsPerSecond)?.value
    }
}

/// Names under which figures are stored.
public enum MetricName {
    public static let modelDrift = "model_drift"
    public static let dataDrift = "data_drift_psi"
    public static let learningStability = "learning_stability"
    public static let validationReward = "validation_mean_log_return"
    public static let stepsPerSecond = "training_steps_per_second"
    public static let meanEpisodeReward = "rollout/ep_rew_mean"
}
