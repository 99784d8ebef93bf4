import ArgumentParser
import Store

/// All versions, newest first.
struct PoliciesList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List all versions, newest first.")

    @OptionGroup var state: StateOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let records = try state.existingStore()?.read { try $0.policies(limit: 1_000) } ?? []
        if records.isEmpty { print("There are no policies yet: “marketflow cycle” makes the first.") }
        for record in records {
            let known = record.decodedManifest
            let figure =
                known?.metrics["total_return"].map { "  validation \(Figures.percent($0, signed: true))" } ?? ""
            print(
                "\(record.name)  \(record.state.rawValue)  \(UTC.text(record.createdAt.milliseconds))\(figure)"
                    + (known?.synthetic == true ? "  SYNTHETIC" : ""))
        }
        if json { print(JSONObject(dictionaryLiteral: ("policies", .list(records.map(\.object))))) }
    }
}
