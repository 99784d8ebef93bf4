import ArgumentParser

/// Candles: bringing them in, looking at them, taking them out.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Candles: import files, bring up to date from the source, show, export.",
        subcommands: [DataImport.self, DataSync.self, DataStatus.self, DataExport.self])
}
