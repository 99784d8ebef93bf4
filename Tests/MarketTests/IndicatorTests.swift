import Foundation
import Market
import Testing

/// Sixty made-up bars, and what TA-Lib 0.8.1 answers to them.
private enum Bars {
    static let high = [
        100.06, 100.66, 100.43, 100.91, 99.47, 98.59, 98.39, 99.33, 99.64, 98.62, 98.6, 98.98, 98.78, 99.47, 98.36,
        99.12,
        98.41, 96.93, 96.36, 94.73, 93.16, 90.88, 90.46, 89.68, 89.78, 89.97, 89.86, 86.67, 86.6, 86.16, 86.45, 84.78,
        84.31, 83.21, 83.53, 83.55, 83.1, 83.75, 83.96, 83, 83.27, 83.03, 83.48, 82.47, 83.19, 83.31, 83.15, 82.84,
        82.54,
        83.93, 84.99, 84.9, 83.76, 84.17, 84.58, 85.12, 85.2, 85.44, 86.84, 86.74,
    ]
    static let low = [
        99.78, 99.7, 99.71, 98.82, 98.36, 97.25, 96.77, 97.12, 98.14, 97.32, 96.99, 97.51, 98.07, 97.56, 97.33, 97.28,
        96.44, 95.86, 93.92, 91.99, 90.09, 90.02, 88.82, 88.64, 88.47, 88.64, 86.14, 85.35, 85.68, 85.65, 84.57, 83.75,
        82.44, 81.45, 82.21, 82.55, 82.36, 82.54, 82.47, 82.03, 82.62, 82.36, 81.02, 81.55, 81.66, 81.41, 81.2, 82.19,
        81.5, 81.53, 83.88, 83.13, 83.22, 83.38, 83.07, 83.25, 84.16, 84.43, 85.29, 85.39,
    ]
    static let close = [
        100, 100.36, 100.03, 98.97, 98.43, 97.26, 97.34, 98.91, 98.33, 97.6, 98.18, 98.6, 98.72, 97.63, 97.59, 98.41,
        96.84, 96.3, 94.13, 92.69, 90.66, 90.41, 89.04, 89.33, 89.5, 89.3, 86.64, 86.08, 86.03, 86.15, 84.58, 84.1,
        83.12,
        82.32, 83.37, 82.57, 82.53, 83.41, 82.83, 82.72, 82.83, 82.89, 81.69, 81.76, 83.1, 81.58, 82.42, 82.54, 81.91,
        83.9, 84.67, 83.46, 83.53, 84.11, 83.92, 84.61, 84.54, 85.22, 86.71, 86.01,
    ]
}

/// Values of one indicator by bar.
private struct Published {
    let first: Int
    let atFirst: Double
    let at45: Double
    let last: Double

    func check(_ values: [Double?], _ location: SourceLocation = #_sourceLocation) {
        #expect(values.firstIndex { $0 != nil } == first, sourceLocation: location)
        for (index, expected) in [(first, atFirst), (45, at45), (59, last)] {
            let error = values[index].map { abs($0 - expected) } ?? .infinity
            #expect(
                error < 1e-9, "bar \(index): \(values[index] ?? .nan), published \(expected)", sourceLocation: location)
        }
    }
}

struct IndicatorTests {
    private func onCloses(_ update: (Double) -> Double?) -> [Double?] { Bars.close.map(update) }
    private func onBars(_ update: (Double, Double, Double) -> Double?) -> [Double?] {
        Bars.close.indices.map { update(Bars.high[$0], Bars.low[$0], Bars.close[$0]) }
    }

    @Test("moving averages are TA-Lib's")
    func averages() {
        var simple = SMA(period: 5)
        Published(first: 4, atFirst: 99.558, at45: 82.204, last: 85.41800000000003).check(
            onCloses { simple.update($0) })
        var exponential = EMA(period: 12)
        Published(first: 11, atFirst: 98.6675, at45: 82.94482024775533, last: 84.66052118976985)
            .check(onCloses { exponential.update($0) })
    }

    @Test("RSI is TA-Lib's")
    func rsi() {
        var rsi = RSI(period: 14)
        Published(first: 14, atFirst: 36.10149942329873, at45: 28.038421782405422, last: 55.732067560155215)
            .check(onCloses { rsi.update($0) })
    }

    @Test("MACD, its signal and its histogram are TA-Lib's")
    func macd() {
        var one = MACD()
        let values = Bars.close.map { one.update($0) }
        Published(first: 33, atFirst: -4.1732767158648585, at45: -2.8109558598069952, last: -0.24865714781610393)
            .check(values.map { $0?.line })
        Published(first: 33, atFirst: -3.7330434216937696, at45: -3.2461940163372356, last: -0.9722665432024925)
            .check(values.map { $0?.signal })
        Published(first: 33, atFirst: -0.4402332941710889, at45: 0.43523815653024034, last: 0.7236093953863886)
            .check(values.map { $0?.histogram })
    }

    @Test("ATR is TA-Lib's")
    func atr() {
        var atr = ATR(period: 14)
        Published(first: 14, atFirst: 1.3985714285714306, at45: 1.4083182512197991, last: 1.354861220585105)
            .check(onBars { atr.update(high: $0, low: $1, close: $2) })
    }

    @Test("Bollinger bands and the rolling deviation are TA-Lib's")
    func bands() {
        var bands = BollingerBands(period: 20, width: 2)
        let values = Bars.close.map { bands.update($0) }
        Published(first: 19, atFirst: 101.42188075232669, at45: 86.57628404431861, last: 86.37875061192689)
            .check(values.map { $0?.upper })
        Published(first: 19, atFirst: 97.816, at45: 83.51499999999999, last: 83.57).check(values.map { $0?.middle })
        Published(first: 19, atFirst: 94.21011924767332, at45: 80.45371595568136, last: 80.7612493880731)
            .check(values.map { $0?.lower })
        var deviation = RollingDeviation(period: 20)
        Published(first: 19, atFirst: 1.8029403761633387, at45: 1.5306420221593162, last: 1.4043753059634463)
            .check(onCloses { deviation.update($0) })
    }

    @Test("the slow stochastic is TA-Lib's")
    func stochastic() {
        var one = Stochastic()
        let values = Bars.close.indices.map {
            one.update(high: Bars.high[$0], low: Bars.low[$0], close: Bars.close[$0])
        }
        Published(first: 17, atFirst: 20.067428023852525, at45: 28.656139388477488, last: 92.59668138632406)
            .check(values.map { $0?.k })
        Published(first: 17, atFirst: 23.196039611433772, at45: 24.5758259786228, last: 91.07429963768391)
            .check(values.map { $0?.d })
    }

    @Test("ADX and both directional indicators are TA-Lib's")
    func adx() {
        var one = ADX(period: 14)
        var rows: [(Double?, Double?, Double?)] = []
        for index in Bars.close.indices {
            one.update(high: Bars.high[index], low: Bars.low[index], close: Bars.close[index])
            rows.append((one.value, one.plusDI, one.minusDI))
        }
        Published(first: 27, atFirst: 48.65546547380312, at45: 60.79329384402723, last: 34.00701781590578)
            .check(rows.map(\.0))
        Published(first: 14, atFirst: 14.853073521931359, at45: 9.642964586420756, last: 23.223043366046138)
            .check(rows.map(\.1))
        Published(first: 14, atFirst: 22.064405055366446, at45: 30.614552821423267, last: 15.456013570111518)
            .check(rows.map(\.2))
    }

    @Test("rolling extremes are TA-Lib's")
    func extremes() {
        var highest = RollingExtreme(.highest, period: 10)
        Published(first: 9, atFirst: 100.91, at45: 83.96, last: 86.84).check(Bars.high.map { highest.update($0) })
        var lowest = RollingExtreme(.lowest, period: 10)
        Published(first: 9, atFirst: 96.77, at45: 81.02, last: 83.07).check(Bars.low.map { lowest.update($0) })
    }

    @Test(
        "rolling extremes agree with looking at every window, ties and single bars included", arguments: [1, 2, 3, 7])
    func extremesByBruteForce(period: Int) {
        var highest = RollingExtreme(.highest, period: period)
        var lowest = RollingExtreme(.lowest, period: period)
        let inputs = (0..<300).map { Double(($0 * 7919 + $0 * $0) % 11) }
        for (index, input) in inputs.enumerated() {
            let window = inputs[max(0, index - period + 1)...index]
            let isFull = index >= period - 1
            #expect(highest.update(input) == (isFull ? window.max() : nil))
            #expect(lowest.update(input) == (isFull ? window.min() : nil))
        }
    }

    @Test("a market that stands still gives the middle of each scale, never a division by zero")
    func standstill() {
        var rsi = RSI()
        var stochastic = Stochastic()
        var adx = ADX()
        var bands = BollingerBands()
        var volume = VolumeRatio()
        for _ in 0..<60 {
            rsi.update(5)
            stochastic.update(high: 5, low: 5, close: 5)
            adx.update(high: 5, low: 5, close: 5)
            bands.update(5)
            volume.update(0)
        }
        #expect(rsi.value == 50)
        #expect(stochastic.value?.k == 50)
        #expect(adx.value == 0)
        #expect(bands.value?.position(of: 5) == 0.5)
        #expect(volume.value == 1)
    }

    @Test("the volume ratio compares a bar with the average it is part of")
    func volumeRatio() {
        var ratio = VolumeRatio(period: 4)
        let values = [10.0, 10, 10, 30].map { ratio.update($0) }
        #expect(values == [nil, nil, nil, 2])
    }
}
