import ControlPlane
import Ensemble
import Foundation
import Settings

extension Assembly {
    func ensemble() -> EnsemblePlan {
        let (chosen, test, learning) = (settings.ensemble, settings.testParameters, settings.learningParameters)
        var plan = EnsemblePlan()
        let known = plan.models.map(\.name)
        let others = chosen.models.keys.filter { !known.contains($0) }.sorted()
        plan.models = (known + others).compactMap { name in chosen.models[name].map { (name, $0) } }
        plan.learning.learningRate = learning.learningRate
        plan.learning.rewardMultiplier = learning.rewardMultiplier
        plan.learning.punishmentMultiplier = learning.punishmentMultiplier
        plan.learning.weightDecay = learning.weightDecay
        plan.learning.minWeight = learning.minWeight
        plan.learning.maxWeight = learning.maxWeight
        plan.learning.isAdaptive = chosen.adaptiveRate
        plan.rules.stopRanges = chosen.stopRanges
        plan.rules.targetRanges = chosen.targetRanges
        plan.rules.maximumBars = chosen.maxHoldBars
        plan.rules.riskPerTrade = chosen.riskPerTrade
        plan.rules.calmThreshold = chosen.thresholdCalm
        plan.rules.normalThreshold = chosen.thresholdNormal
        plan.rules.wildThreshold = chosen.thresholdWild
        plan.rules.costs = settings.costs
        plan.isOnPaper = chosen.paper
        plan.library = chosen.lightgbmLibrary
        plan.symbols = test.symbols
        plan.periodDays = test.testPeriodDays
        plan.learningDays = chosen.learningDays
        plan.maximumIterations = test.maxIterations
        plan.targetWinRate = test.targetWinRate
        plan.minimumTradesPerSymbol = test.minTradesPerSymbol
        plan.seed = settings.training.seed
        plan.pause = Double(chosen.iterationPauseSeconds)
        plan.plotsFolder = inData(settings.analytics.plotOutputDir)
        plan.reportsFolder = inData(settings.analytics.reportOutputDir)
        plan.drawsPlots = settings.analytics.autoGeneratePlots
        plan.keepsIntermediateResults = settings.analytics.saveIntermediateResults
        plan.decisionsKept = chosen.decisionsKept
        return plan
    }

    private func inData(_ path: String) -> URL {
        URL(fileURLWithPath: Settings.statePath(path, in: folder.path), isDirectory: true)
    }
}
