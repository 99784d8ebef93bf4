import Charts
import Foundation
import Policies
import Store

/// Writes a session's report and pictures, in both languages.
public struct SessionReportWriter: Sendable {
    let configuration: ControlConfiguration
    let store: Store

    public init(configuration: ControlConfiguration, store: Store) {
        self.configuration = configuration
        self.store = store
    }

    /// Where things lie, whether or not they were written.
    public struct Files: Sendable {
        public let html: URL
        public let page: URL
    }

    public func files(of session: Int64, _ language: ReportLanguage) -> Files {
        let ending = language == .english ? "" : ".\(language.rawValue)"
        return Files(
            html: reports.appendingPathComponent("session-\(session)\(ending).html"),
            page: reports.appendingPathComponent("session-\(session)\(ending).png"))
    }

    private var reports: URL {
        configuration.ensemble.reportsFolder ?? configuration.dataFolder.appendingPathComponent("reports")
    }

    private var plots: URL {
        configuration.ensemble.plotsFolder ?? configuration.dataFolder.appendingPathComponent("plots")
    }

    /// Writes all files of the session; nil for one without a stored iteration.
    ///
    /// - Throws: ``FileFailure``, ``ChartError``, ``StoreError``.
    @discardableResult
    public func write(_ session: Int64) throws -> Files? {
        guard let recap = try store.read({ try SessionRecap(session, in: $0) }) else { return nil }
        try DurableFile.makeFolder(reports)
        for language in ReportLanguage.allCases {
            let charts = SessionCharts(recap: recap, say: language)
            let files = files(of: session, language)
            try DurableFile.write(Data(try charts.page.png(width: 1200, height: 1600)), to: files.page)
            let named = charts.named
            let html = SessionPage(recap: recap, say: language).html(charts: try named.map { try $0.chart.svg() })
            try DurableFile.write(Data(html.utf8), to: files.html)
            guard configuration.ensemble.drawsPlots else { continue }
            try DurableFile.makeFolder(plots)
            let ending = language == .english ? "" : ".\(language.rawValue)"
            for (name, chart) in named {
                let file = plots.appendingPathComponent("session-\(session)-\(name)\(ending).png")
                try DurableFile.write(Data(try chart.png()), to: file)
            }
        }
        return files(of: session, .english)
    }
}

extension SessionCharts {
    /// In the order of the report.
    var named: [(name: String, chart: Chart)] {
        [
            ("equity", equity), ("win-rate", winRates), ("weights", weights), ("distribution", distribution),
            ("calibration", calibration),
        ] + (comparison.map { [("comparison", $0)] } ?? [])
    }
}
