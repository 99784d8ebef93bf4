extension Settings {
    /// Values that are each allowed but not together, a sentence each.
    func contradictions() -> [String] {
        var found: [String] = []
        func demand(_ holds: Bool, _ sentence: String) {
            if !holds { found.append(sentence) }
        }
        demand(
            learningParameters.minWeight <= learningParameters.maxWeight,
            "learning_parameters.min_weight (\(learningParameters.minWeight)) is above learning_parameters.max_weight (\(learningParameters.maxWeight)); lower the one or raise the other."
        )
        let active = ensemble.models.values.count { $0 > 0 }
        let count = Double(active)
        let (least, most) = (learningParameters.minWeight, learningParameters.maxWeight)
        demand(
            active == 1 || least > most || (count * least <= 1 + 1e-9 && count * most >= 1 - 1e-9),
            "The \(active) models of ensemble.models that begin with a weight cannot each have one between learning_parameters.min_weight (\(least)) and learning_parameters.max_weight (\(most)) that sum to 1; lower the one or raise the other."
        )
        let weights = ensemble.models.values.reduce(0, +)
        demand(
            abs(weights - 1) < 1e-6,
            "The weights in ensemble.models sum to \(weights) instead of 1; trading_ai 0.25, lava_ai 0.35 and lgbm_ai 0.4 stand unless they are set."
        )
        demand(
            market.source != .files || !market.files.isEmpty,
            "market.source is files, but market.files names none; list the candle files there.")
        demand(
            training.validationDays < market.historyDays,
            "training.validation_days (\(training.validationDays)) leaves nothing of market.history_days (\(market.historyDays)) to train on; validate on fewer days or keep more."
        )
        let remote = llm.remote
        demand(
            remote.provider == .none || !remote.model.isEmpty,
            "llm.remote.provider is \(remote.provider.rawValue), but llm.remote.model names no model; name one.")
        demand(
            remote.provider != .compatible || !remote.baseURL.isEmpty,
            "llm.remote.provider is compatible, but llm.remote.base_url is not set; say where the server is.")
        let validationBars = training.validationDays * market.interval.barsPerDay
        demand(
            validationBars >= gate.minBars,
            "gate.min_bars (\(gate.minBars)) is more than training.validation_days has at market.interval \(market.interval) (\(validationBars) bars), so nothing could ever be promoted; validate on more days or ask for fewer bars."
        )
        let rollout = training.environments * training.rollout
        demand(
            rollout <= 16_777_216,
            "training.environments × training.rollout is \(rollout), but at most 16777216; lower one of them.")
        demand(
            training.minibatch <= rollout && rollout % training.minibatch != 1,
            "training.minibatch (\(training.minibatch)) must fit into training.environments × training.rollout (\(rollout)) without leaving a single sample over."
        )
        if training.policy == .gru {
            demand(
                training.memoryUnits % 16 == 0,
                "training.memory_units (\(training.memoryUnits)) is not a multiple of 16; take \(max(16, training.memoryUnits / 16 * 16))."
            )
            demand(
                training.rollout % training.sequence == 0 && training.minibatch % training.sequence == 0,
                "training.sequence (\(training.sequence)) must divide training.rollout (\(training.rollout)) and training.minibatch (\(training.minibatch)); a gru learns from whole sequences."
            )
        }
        let decade = 3650 * market.interval.barsPerDay
        demand(
            simulation.bars <= decade,
            "simulation.bars (\(simulation.bars)) is more than ten years of candles at market.interval \(market.interval) (\(decade))."
        )
        let share = simulation.worlds.values.reduce(0, +)
        demand(
            share <= 1 + 1e-9,
            "The shares in simulation.worlds sum to more than 1; bull, bear, flat and stress have 0.1 each unless they are set."
        )
        return found
    }
}
