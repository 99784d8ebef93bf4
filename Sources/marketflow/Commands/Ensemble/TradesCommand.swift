import ArgumentParser
import ControlPlane
import Foundation
import Policies
import Store

/// Closed trades of a user's own bot.
struct TradesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trades", abstract: "Trades of your own bot: import.", subcommands: [TradesImport.self])
}

struct TradesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in closed trades: CSV with a header, a JSON list, or freqtrade's export. All rows or none.",
        discussion:
            "Columns: symbol, side, entry_at, exit_at, entry_price, exit_price; and if there are any entry_fee, exit_fee (fractions), exit_reason. freqtrade's names for them are understood. Rows are sorted by entry; a symbol has one position at a time."
    )

    @OptionGroup var state: StateOptions

    @Argument(help: "The file.")
    var file: String

    @Option(help: "The bot's name.")
    var source = "bot"

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        guard TradeImport.isSource(source) else {
            throw ValidationError(
                "--source is \(source), but 1 to 32 small letters, digits, _ or - are needed, and none of ours.")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandError("\(file) cannot be read; nothing was stored.")
        }
        let (tail, logger) = try state.quiet().logging(try state.secrets())
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let control = try Assembly(settings: state.settings(), folder: folder).controlPlane(tail: tail, logger: logger)
        let trades = try TradeImport(data, fee: control.configuration.costs.fee)
        let (source, file) = (source, file)
        let taken = try await control.store.write { transaction in
            let taken = try control.store(trades, source: source, in: transaction)
            try transaction.appendAudit(
                at: control.now(), user: nil, chat: nil, actor: "command line", command: "trades import",
                arguments: file, outcome: "\(taken.stored.count) stored", digest: { sha256(Foundation.Data($0.utf8)) })
            return taken
        }
        print("\(taken.stored.count) trades stored, \(taken.known) known already.")
        if json {
            let object: JSONObject = [
                "stored": .whole(taken.stored.count), "known": .whole(taken.known),
                "first": taken.stored.first.map { .whole(Int($0)) }, "last": taken.stored.last.map { .whole(Int($0)) },
            ]
            print(object)
        }
    }
}
