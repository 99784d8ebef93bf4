import ArgumentParser
import ControlPlane
import Foundation
import Settings

/// The first run: everything for real, on the bundled synthetic market.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The first run: one real learning cycle on the bundled synthetic market, then a chat in the terminal."
    )

    @OptionGroup var state: StateOptions

    @Flag(help: "Only the cycle, no chat afterwards.")
    var noChat = false

    func run() async throws {
        var state = state
        if state.dataDir == "data" { state.dataDir = "data/demo" }
        let settings = try state.settings(defaults: ["market.source=synthetic", "market.history_days=120"])
        let market = settings.market
        let symbols = market.symbols.map(\.rawValue).joined(separator: ", ")
        print(
            "One learning cycle on the bundled SYNTHETIC market (\(symbols) \(market.interval), \(market.historyDays) days; no real prices).\n"
        )
        let began = ContinuousClock.now
        let (report, text, control) = try await Cycle.perform(state, settings: settings, steps: nil, seed: nil)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print(text)
        print(
            "\nDone in \(String(format: "%.1f", seconds)) s. This is what Telegram would show, with buttons and the chart:"
        )
        if let chart = report.chart { print("  chart   \(control.path(ofChart: chart))") }
        if let version = report.challenger?.split(separator: "v").last.flatMap({ Int($0) }) {
            print("  policy  \(control.registry.folder(of: version).path)")
        }
        print("  report  marketflow chat --data-dir \(state.dataDir)   then /cycle \(report.cycle)")
        print("\nNext: your own bot (README, “With your own bot token”).\n")
        guard report.outcome.isSuccess else { throw ExitCode(1) }
        if !noChat, isatty(STDIN_FILENO) == 1 { try await Chat.talk(state, settings: settings) }
    }
}
