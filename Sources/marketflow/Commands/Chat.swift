import ArgumentParser
import ControlBot
import ControlPlane
import Foundation
import ServiceLifecycle
import Settings

/// The same control plane with the terminal in place of Telegram.
struct Chat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk to MarketFlow in the terminal, one command a line; /help lists them, /quit ends.")

    @OptionGroup var state: StateOptions

    func run() async throws {
        try await Self.talk(state, settings: state.settings())
    }

    /// Runs the service with a terminal until its input ends.
    static func talk(_ state: StateOptions, settings: Settings) async throws {
        var state = state
        let secrets = try state.secrets()
        // Log lines between answers would be in the way; /logs shows them.
        if state.logLevel == "info" { state.logLevel = "error" }
        let (tail, logger) = try state.logging(secrets)
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let assembly = Assembly(settings: settings, folder: folder)
        let control = try assembly.controlPlane(secrets, tail: tail, logger: logger)
        let language: Language = settings.telegram.language == .ru ? .russian : .english
        let terminal = TerminalChat(
            control: control, language: language, lines: TerminalChat.standardInput(), logger: logger,
            write: { FileHandle.standardOutput.write(Data($0.utf8)) })
        let live = LiveMessages(control: control, transport: terminal, logger: logger)
        let words = WordsDesk(control: control, transport: terminal, logger: logger)
        terminal.attach(words)
        let (defaults, zone) = try assembly.preferences()
        var services = try control.makeServices().map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        services += [
            .init(service: live), .init(service: words),
            .init(service: OutboxService(control: control, transport: terminal, live: live, logger: logger)),
            .init(service: Notifier(control: control, defaults: defaults, zone: zone, logger: logger)),
            .init(service: terminal, successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        FileHandle.standardOutput.write(
            Data("MarketFlow \(ControlPlane.version). /help lists commands, /quit ends.\n\n".utf8))
        try await group.run()
    }
}
