extension Settings {
    /// What is drawn and written about the runs.
    public struct Analytics: Sendable, Equatable {
        /// See ``Settings/statePath(_:in:)`` for what a relative path means.
        public var plotOutputDir = "plots/reinforcement_learning"
        /// See ``Settings/statePath(_:in:)`` for what a relative path means.
        public var reportOutputDir = "reports/reinforcement_learning"
        public var autoGeneratePlots = true
        public var saveIntermediateResults = true

        public init() {}
    }
}

extension Settings.Analytics {
    static let section = Section(
        name: "analytics", meaning: "What is drawn and written about the runs.",
        keys: [
            Key(
                "analytics.plot_output_dir", \.analytics.plotOutputDir, .path,
                "Folder of the charts; a relative path stands in the data directory."),
            Key(
                "analytics.report_output_dir", \.analytics.reportOutputDir, .path,
                "Folder of the reports; a relative path stands in the data directory."),
            Key(
                "analytics.auto_generate_plots", \.analytics.autoGeneratePlots, .flag,
                "Draw the charts of every run, not only those that are asked for."),
            Key(
                "analytics.save_intermediate_results", \.analytics.saveIntermediateResults, .flag,
                "Keep what each iteration of a test produced, not only its end."),
        ])
}
