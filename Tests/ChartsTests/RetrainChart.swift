import Charts

/// The chart a retrain report carries, over made-up figures.
enum RetrainChart {
    static func make(theme: Chart.Theme = .light, russian: Bool = false) -> Chart {
        let bars = 2880
        let times = (0..<bars).map { 1_730_419_200_000 + Int64($0) * 900_000 }
        let challenger = walk(seed: 11, count: bars, drift: 0.000035, scale: 0.0011)
        let champion = walk(seed: 5, count: bars, drift: 0.000012, scale: 0.0013)
        let hold = walk(seed: 3, count: bars, drift: 0.000005, scale: 0.0024)
        let steps = (1...60).map { Double($0) * 2048 }
        let reward = walk(seed: 8, count: 60, drift: 0.0012, scale: 0.0021).map { $0 - 0.03 }
        let equity = Panel(
            title: russian ? "Капитал вне обучения" : "Equity out of sample", y: .signedPercent,
            lines: [
                Line(russian ? "претендент v6" : "challenger v6", times: times, y: challenger, hue: .blue),
                Line(russian ? "чемпион v5" : "champion v5", times: times, y: champion, hue: .vermillion),
                Line(russian ? "купить и держать" : "buy and hold", times: times, y: hold, hue: .grey),
            ], weight: 1.7)
        let learning = Panel(
            title: russian ? "Обучение" : "Learning",
            x: .number(label: russian ? "шагов обучения" : "training steps"), y: .number,
            lines: [
                Line(russian ? "средняя награда за эпизод" : "mean episode reward", x: steps, y: reward, hue: .green)
            ],
            bands: [
                Band(
                    name: russian ? "от худшего до лучшего" : "worst to best", x: steps,
                    lower: reward.map { $0 - 0.012 }, upper: reward.map { $0 + 0.015 }, hue: .green)
            ])
        return Chart(
            title: russian ? "RL-Agent-v6 заменил v5 ✓" : "RL-Agent-v6 promoted over v5 ✓",
            subtitle: russian
                ? "BTCUSDT 15m · вне обучения 2024-11-01 … 2024-12-01"
                : "BTCUSDT 15m · out of sample 2024-11-01 … 2024-12-01",
            note: russian
                ? "После комиссии 10 и проскальзывания 2 б. п. за сторону · синтетические данные"
                : "After 10 bp fee and 2 bp slippage a side · synthetic data", panels: [equity, learning], theme: theme)
    }

    /// A random walk from a linear congruential generator; ends and starts anywhere.
    static func walk(seed: UInt64, count: Int, drift: Double, scale: Double) -> [Double] {
        var state = seed
        var value = 0.0
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            value += drift + scale * (Double(state >> 33) / Double(1 << 31) - 0.5) * 2
            return value
        }
    }
}
