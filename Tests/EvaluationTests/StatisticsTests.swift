import Evaluation
import Market
import Testing

/// Expected values come from numpy 2 and scipy 1.17 unless a paper is named.
struct StatisticsTests {
    private static let returns = [0.01, -0.02, 0.015, 0.003, -0.007, 0.02, -0.011, 0.004, 0.0, 0.006]

    @Test("return statistics agree with numpy")
    func returnStatistics() throws {
        let statistics = try ReturnStatistics(logReturns: Self.returns, interval: .oneHour)
        #expect(statistics.bars == 10)
        #expect(abs(statistics.totalReturn - 0.02020134002675581) < 1e-14)
        #expect(abs(statistics.meanLogReturnPerBar - 0.002) < 1e-15)
        #expect(abs(statistics.volatilityAnnual - 1.1317714728100663) < 1e-12)
        #expect(abs(statistics.sharpeAnnual - 15.48015692293404) < 1e-10)
        #expect(abs(statistics.maxDrawdown - 0.019801326693244636) < 1e-14)
    }

    @Test("a loss from the start on is a drawdown; doing nothing is none")
    func drawdown() throws {
        // Equity 1 → ½ → ¾ → ⅜: the deepest fall is from 1 to ⅜.
        let statistics = try ReturnStatistics(
            logReturns: [-0.6931471805599453, 0.4054651081081644, -0.6931471805599453], interval: .oneDay)
        #expect(abs(statistics.maxDrawdown - 0.625) < 1e-12)
        let flat = try ReturnStatistics(logReturns: [0, 0, 0], interval: .oneDay)
        #expect(flat.maxDrawdown == 0 && flat.sharpeAnnual == 0 && flat.volatilityAnnual == 0)
        #expect(try ReturnStatistics(logReturns: [0.1, 0.1, 0.1], interval: .oneDay).sharpeAnnual == 0)
        #expect(try ReturnStatistics(logReturns: [0.1], interval: .oneDay).volatilityAnnual == 0)
    }

    @Test("returns that are no numbers are refused by name")
    func refused() {
        #expect(throws: EvaluationError.notFinite(series: "the returns", index: 1)) {
            try ReturnStatistics(logReturns: [0, .nan], interval: .oneDay)
        }
        #expect(throws: EvaluationError.self) { try ReturnStatistics(logReturns: [], interval: .oneDay) }
        #expect(throws: EvaluationError.self) { try TradeStatistics(netReturns: [.infinity]) }
    }

    @Test(
        "the Wilson interval is scipy's",
        arguments: [
            (16, 25, 0.44518497748164865, 0.7975211922554178), (0, 10, 0, 0.27753279986288926),
            (10, 10, 0.7224672001371109, 1), (340, 617, 0.511611535180078, 0.5898636467764723), (0, 0, 0, 1),
        ])
    func wilson(successes: Int, trials: Int, low: Double, high: Double) {
        let interval = WilsonInterval(successes: successes, trials: trials)
        #expect(abs(interval.low - low) < 1e-12)
        #expect(abs(interval.high - high) < 1e-12)
    }

    @Test("trade statistics, worked by hand")
    func trades() throws {
        let statistics = try TradeStatistics(netReturns: [0.02, -0.01, 0.03, -0.015, 0.005, -0.004, 0, 0.012])
        #expect((statistics.trades, statistics.wins, statistics.losses) == (8, 4, 3))
        #expect(statistics.winRate == 0.5)
        #expect(abs(try #require(statistics.profitFactor) - 0.067 / 0.029) < 1e-12)
        #expect(abs(try #require(statistics.breakEvenWinRate) - 0.3659305993690852) < 1e-12)
        #expect(abs(statistics.expectancy - 0.00475) < 1e-15)
        #expect(abs(try #require(statistics.averageWin) - 0.01675) < 1e-15)
        #expect(abs(try #require(statistics.averageLoss) - 0.029 / 3) < 1e-15)
    }

    @Test("without trades, or without losses, what cannot be said is not said")
    func fewTrades() throws {
        let none = try TradeStatistics(netReturns: [])
        #expect(none.winRate == 0 && none.winRateHigh == 1 && none.expectancy == 0)
        #expect(none.profitFactor == nil && none.averageWin == nil && none.breakEvenWinRate == nil)
        let winner = try TradeStatistics(netReturns: [0.01])
        #expect(winner.profitFactor == nil && winner.averageLoss == nil && winner.averageWin == 0.01)
    }

    @Test("the deflated Sharpe ratio of its paper's example is 0.9004")
    func deflatedSharpe() throws {
        // Bailey & López de Prado 2014: annual Sharpe 2.5 over 1250 days, 100 tries of annual variance ½, skewness −3, kurtosis 10.
        let result = try DeflatedSharpe(
            sharpe: 2.5 / 250.0.squareRoot(), count: 1250, skewness: -3, kurtosis: 10, tries: 100,
            sharpeDeviation: (0.5 / 250).squareRoot())
        #expect(abs(result.threshold - 0.11317200186513214) < 1e-12)
        #expect(abs(result.probability - 0.9003968344493903) < 1e-10)
    }

    @Test("with one try it is the probabilistic Sharpe ratio")
    func probabilisticSharpe() throws {
        let result = try DeflatedSharpe(returns: Self.returns, tries: 1, sharpeDeviation: 0.3)
        #expect(abs(result.sharpe - 0.1653953539259914) < 1e-13)
        #expect(abs(result.probability - 0.6847793276790726) < 1e-12)
        #expect(throws: EvaluationError.self) {
            try DeflatedSharpe(returns: Self.returns, tries: 0, sharpeDeviation: 0)
        }
    }
}
