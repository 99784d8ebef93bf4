extension Sentences {
    static let english = Sentences(
        lost: "Why trade {trade.number} lost {split.net|abs}",
        won: "Trade {trade.number} did not lose: {split.net} net",
        mainCause: "Main cause",
        furtherCause: "Also",
        causes: [
            .costs: (
                "costs",
                ["they took {recovered|abs}, the price itself {split.gross}"]
            ),
            .entry: (
                "entry", ["entering {entry_timing.best_shift|move} would have added {recovered}"]
            ),
            .exit: ("exit", ["leaving {exit_timing.best_shift|move} would have added {recovered}"]),
            .regimeChange: (
                "regime change",
                ["the trend turned {regime.turn_bar} after entry; leaving there would have added {recovered}"]
            ),
            .badDecision: (
                "bad decision", ["the odds were against it at entry; not trading would have saved {recovered|abs}"]
            ),
            .outOfDistribution: (
                "unfamiliar state",
                ["the policy was asked about something it never learned; not trading would have saved {recovered|abs}"]
            ),
            .ordinaryVariance: (
                "ordinary variance",
                ["chance took {recovered|abs} against the median path", "chance alone does this to such a trade"]
            ),
            .unknown: ("not found", ["the facts do not say why"]),
        ],
        split: "Split",
        parts: [
            "price_move": "price", "entry_timing": "entry", "exit_timing": "exit", "compounding": "compounding",
            "fees": "fees", "slippage": "slippage", "other": "other",
        ],
        facts: [
            .trade: [
                "{trade.symbol} {trade.side}, in {trade.entry_time} at {trade.entry_price}, out {trade.exit_time} at {trade.exit_price} ({trade.exit_reason})"
            ],
            .split: ["Price {split.gross}, costs {split.costs}, net {split.net}."],
            .path: [
                "At best {path.mfe} after {path.mfe_bar|count}, at worst {path.mae} after {path.mae_bar|count} of {path.bars}; the exit kept {path.exit_efficiency} of that range.",
                "At best {path.mfe}, at worst {path.mae} in {path.bars}.",
            ],
            .regime: [
                "Trend {regime.entry_trend} at entry (t {regime.entry_t}), {regime.exit_trend} at exit (t {regime.exit_t}); it turned against the position after {regime.turn_bar}, where leaving gave {regime.net_at_turn}.",
                "Trend {regime.entry_trend} at entry (t {regime.entry_t}), {regime.exit_trend} at exit (t {regime.exit_t}).",
            ],
            .conditions: [
                "Volatility above {conditions.entry_volatility} of the past bars at entry, {conditions.exit_volatility} at exit; volume above {conditions.entry_volume} and {conditions.exit_volume}.",
                "Volume above {conditions.entry_volume} of the past bars at entry, {conditions.exit_volume} at exit.",
            ],
            .policy: [
                "The policy gave {policy.top} {policy.top_probability}, then {policy.second} {policy.second_probability}; entropy {policy.entropy|abs} nats, value {policy.value}."
            ],
            .shapley: [
                "Most for the decision spoke the group “{shapley.most}” ({shapley.most_value} nats of log probability).",
                "No group of inputs spoke for the decision.",
            ],
            .integratedGradients: [
                "Inputs that moved it most: {integrated_gradients.input_1} ({integrated_gradients.input_1_value}), {integrated_gradients.input_2} ({integrated_gradients.input_2_value}), {integrated_gradients.input_3} ({integrated_gradients.input_3_value} nats); gap {integrated_gradients.gap}."
            ],
            .distance: [
                "The state lay {distance.distance} standard deviations from the training data, further than {distance.percentile} of {distance.known_states} known states; furthest {distance.furthest_input} ({distance.furthest_deviation}).",
                "The state lay {distance.distance} standard deviations from the training data; furthest {distance.furthest_input} ({distance.furthest_deviation}).",
            ],
            .alternatives: [
                "Not trading {alternatives.no_trade}, opposite side {alternatives.opposite}, half the size {alternatives.half_size}."
            ],
            .entryTiming: [
                "Best shift of the entry: {entry_timing.best_shift|move}, net {entry_timing.best}; as much shows on {entry_timing.chance} of losing paths by chance.",
                "Best shift of the entry: {entry_timing.best_shift|move}, net {entry_timing.best}.",
            ],
            .exitTiming: [
                "Best shift of the exit: {exit_timing.best_shift|move}, net {exit_timing.best}; as much shows on {exit_timing.chance} of losing paths by chance.",
                "Best shift of the exit: {exit_timing.best_shift|move}, net {exit_timing.best}.",
            ],
            .stops: [
                "With a stop at 1, 1.5 or 2 average ranges: {stops.stop_1_atr}, {stops.stop_1_5_atr}, {stops.stop_2_atr}."
            ],
            .previousChampion: [
                "{previous_champion.version} before it began {previous_champion.side} and would have made {previous_champion.net}."
            ],
            .hindsight: ["Knowing every close, {hindsight.best} was possible (trades: {hindsight.trades})."],
            .neighbours: [
                "Of the {neighbours.count} most similar past entries {neighbours.wins} won ({neighbours.win_share_low} to {neighbours.win_share_high}); of all {neighbours.base_count}, {neighbours.base_rate} won."
            ],
            .luck: [
                "On {luck.paths} simulated paths it loses with {luck.loss_probability}; {luck.percentile} of them end worse, nine in ten between {luck.low} and {luck.high}."
            ],
        ],
        missing: [
            .modelGone: "the policy's files are gone", .noInputs: "the trade came without what its policy saw",
            .noCandles: "its candles are not stored", .tooFew: "too little history",
            .incomplete: "the attributions do not add up",
            .noPredecessor: "no version served before",
            .noTrainingFigures: "the policy does not say what it was trained on",
        ],
        kinds: [
            .trade: "Trade", .split: "Split", .path: "Path", .regime: "Regime", .conditions: "Conditions",
            .policy: "Policy", .shapley: "Groups of inputs", .integratedGradients: "Inputs", .distance: "Familiarity",
            .alternatives: "Instead", .entryTiming: "Entry", .exitTiming: "Exit", .stops: "Stops",
            .previousChampion: "Champion before", .hindsight: "Hindsight", .neighbours: "Similar entries",
            .luck: "Luck",
        ],
        words: [
            "take_profit": "target", "stop_loss": "stop", "end_of_data": "end of data", "signal": "signal",
            "day_sin": "time of day", "day_cos": "time of day", "week_sin": "day of week", "week_cos": "day of week",
        ],
        earlier: "{bars} earlier",
        later: "{bars} later",
        synthetic: "Synthetic market.",
        source: "By rule, from stored facts; no model was asked.")
}
