import ArgumentParser
import ControlPlane

@main
struct MarketFlow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "marketflow",
        abstract: "Keeps trading agents learning, and is run from a chat. It never places a real order.",
        discussion: "First steps: “marketflow demo”, then “marketflow serve” with a bot token in TELEGRAM_BOT_TOKEN.",
        version: ControlPlane.version,
        subcommands: [
            Demo.self, Serve.self, Chat.self, Cycle.self, DataCommand.self, Train.self, Evaluate.self, Simulate.self,
            PoliciesCommand.self, Why.self, Bench.self, Doctor.self, Backup.self, Restore.self,
        ])
}
