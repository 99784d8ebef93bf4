import Evaluation
import Neural
import Testing

struct DayBootstrapTests {
    @Test("with one trade a day the interval is that of the mean: two standard errors each way")
    func independent() throws {
        var stream = RandomStream(seed: 1)
        let values = (0..<400).map { _ in 0.01 * stream.normal() }
        let result = try DayBootstrap(resamples: 4000).intervals(
            of: values, days: values.indices.map(Int64.init), stream: &stream)
        let mean = values.reduce(0, +) / 400
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399).squareRoot()
        #expect(abs(result.meanLow - (mean - 1.96 * deviation / 20)) < 0.0001)
        #expect(abs(result.meanHigh - (mean + 1.96 * deviation / 20)) < 0.0001)
        #expect(result.days == 400)
    }

    @Test("trades of a day that share their fate count as one: the interval is as wide as that of the days")
    func dependent() throws {
        var stream = RandomStream(seed: 2)
        let days = (0..<100).map { _ in 0.01 * stream.normal() }
        var (first, second) = (RandomStream(seed: 3), RandomStream(seed: 3))
        let alone = try DayBootstrap().intervals(of: days, days: days.indices.map(Int64.init), stream: &first)
        let fourfold = try DayBootstrap().intervals(
            of: days.flatMap { [$0, $0, $0, $0] },
            days: days.indices.flatMap { [Int64](repeating: Int64($0), count: 4) },
            stream: &second)
        #expect(abs(alone.meanLow - fourfold.meanLow) < 1e-12 && abs(alone.winRateHigh - fourfold.winRateHigh) < 1e-12)
    }

    @Test("a single day says nothing")
    func oneDay() {
        var stream = RandomStream(seed: 4)
        #expect(throws: EvaluationError.tooShort(series: "the list of days", count: 1, needed: 2)) {
            _ = try DayBootstrap().intervals(of: [0.1, 0.2], days: [5, 5], stream: &stream)
        }
    }
}
