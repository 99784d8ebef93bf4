public import Market

extension Settings {
    /// What trading costs in every figure that is shown.
    public typealias Costs = CostModel
}

extension Settings.Costs {
    static let section = Section(
        name: "costs", meaning: "What trading costs, in training, in every test and on paper.",
        keys: [
            Key(
                "costs.fee_bps", \.costs.feeBps, .number(0...1000),
                "Exchange fee of one side, in basis points of its value."),
            Key(
                "costs.slippage_bps", \.costs.slippageBps, .number(0...1000),
                "Slippage of one side, in basis points of its value."),
        ])
}
