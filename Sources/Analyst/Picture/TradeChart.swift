public import Charts
import Market

/// The picture of a trade: closes around it, entry, exit, and the furthest it went either way.
public enum TradeChart {
    /// Nil when the candles do not cover the trade.
    public static func make(_ tradeCase: TradeCase, evidence: LossEvidence, in language: AnswerLanguage) -> Chart? {
        let trade = tradeCase.trade
        guard let path = PricePath(trade, tradeCase.candles) else { return nil }
        let margin = max(24, path.bars / 2)
        let shown = max(0, path.entry - margin)...min(path.candles.count - 1, path.exit + margin)
        let length = tradeCase.candles.interval.milliseconds
        func time(_ bar: Int) -> Double { Double(path.candles[bar].openTime + length) }
        let words = Words(language)
        let bars = Array(shown)
        let held = Array(path.entry...path.exit)
        let excursions = Excursions(path)
        func price(_ fraction: Double) -> Double { trade.entryPrice * (1 + trade.side.sign * fraction) }
        let net = FigureText.text(.number(trade.netReturn, .fraction), in: language)
        var markers: [Markers] = []
        if excursions.adverse < 0 {
            markers.append(
                Markers(
                    "MAE \(FigureText.text(.number(excursions.adverse, .fraction), in: language))", shape: .circle,
                    x: [time(path.entry + excursions.adverseBar)], y: [price(excursions.adverse)], hue: .purple))
        }
        if excursions.favourable > 0 {
            markers.append(
                Markers(
                    "MFE \(FigureText.text(.number(excursions.favourable, .fraction), in: language))", shape: .circle,
                    x: [time(path.entry + excursions.favourableBar)], y: [price(excursions.favourable)], hue: .green))
        }
        // Last, so that they lie on top.
        markers += [
            Markers(
                words.entry, shape: trade.side == .long ? .up : .down, x: [time(path.entry)], y: [trade.entryPrice],
                hue: .blue),
            Markers(words.exit, shape: .cross, x: [time(path.exit)], y: [trade.exitPrice], hue: .vermillion),
        ]
        func isHeld(_ bar: Int) -> Bool { bar > path.entry && bar <= path.exit }
        let prices = Panel(
            y: .number,
            lines: [
                Line(
                    words.close, x: bars.map(time),
                    y: bars.map { path.entry < $0 && $0 < path.exit ? .nan : path.candles[$0].close }, hue: .grey),
                Line(
                    words.held, x: held.map(time),
                    y: held.map { $0 == path.exit ? trade.exitPrice : path.candles[$0].close }, hue: .blue),
            ],
            bands: [
                Band(
                    name: words.range, x: bars.map(time), lower: bars.map { path.candles[$0].low },
                    upper: bars.map { path.candles[$0].high }, hue: .grey)
            ],
            markers: markers, references: [ReferenceLine(trade.entryPrice)], weight: 2, labelsEnds: false)
        // Over all bars, so that both panels show the same stretch.
        let results = bars.map { isHeld($0) ? path.net(from: path.entry, to: $0, side: path.side) : .nan }
        let result = Panel(
            title: words.result, y: .signedPercent,
            lines: [Line(words.net, x: bars.map(time), y: results, hue: .vermillion)],
            references: [ReferenceLine(0)])
        let synthetic = tradeCase.candles.isSynthetic ? ", \(words.synthetic)" : ""
        return Chart(
            title:
                "\(words.trade) \(trade.id): \(tradeCase.candles.symbol) \(FigureText.text(.side(trade.side), in: language)), \(net)",
            subtitle: "\(tradeCase.candles.interval)\(synthetic)", note: words.note, panels: [prices, result])
    }

    private struct Words {
        let trade, entry, exit, close, held, range, result, net, synthetic, note: String

        init(_ language: AnswerLanguage) {
            switch language {
            case .english:
                (trade, entry, exit, close, held) = ("Trade", "entry", "exit", "close", "held")
                (range, result, net, synthetic) = ("low to high", "Net result if closed", "net", "synthetic market")
                note = "MAE, MFE: the furthest the price went against and for the position. Net of costs, times UTC."
            case .russian:
                (trade, entry, exit, close, held) = ("Сделка", "вход", "выход", "закрытие", "в позиции")
                (range, result, net, synthetic) = (
                    "минимум–максимум", "Итог, если закрыть", "итог", "синтетический рынок"
                )
                note = "MAE и MFE: дальше всего против позиции и за неё. С учётом издержек, время UTC."
            }
        }
    }
}
