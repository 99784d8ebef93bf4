import Charts
import Foundation
import Testing

/// Draws files to look at, into the folder that CHART_EXAMPLES names.
struct ExampleFiles {
    @Test(
        "the retrain chart can be looked at",
        .enabled(if: ProcessInfo.processInfo.environment["CHART_EXAMPLES"] != nil))
    func files() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CHART_EXAMPLES"])
        for (name, chart) in [
            ("retrain-light", RetrainChart.make()), ("retrain-dark-ru", RetrainChart.make(theme: .dark, russian: true)),
            ("marks", WeirdCharts.marks), ("empty", WeirdCharts.empty), ("short", WeirdCharts.onePoint),
        ] {
            try Data(chart.png()).write(to: URL(filePath: "\(folder)/\(name).png"))
            try Data(chart.svg().utf8).write(to: URL(filePath: "\(folder)/\(name).svg"))
        }
    }
}
