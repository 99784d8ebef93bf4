import ArgumentParser
import ControlBot
import ControlPlane
import Dashboard
import Foundation
import Logging
import ServiceLifecycle
import Settings
import Telegram

/// The service: bot, scheduler, trainer and HTTP in one process, until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the service until it is told to stop.")

    @OptionGroup var state: StateOptions

    func run() async throws {
        let secrets = try state.secrets()
        let settings = try state.settings()
        let (tail, logger) = try state.logging(secrets)
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let assembly = Assembly(settings: settings, folder: folder)
        let control = try assembly.controlPlane(secrets, tail: tail, logger: logger)
        let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
        var services = try control.makeServices()
        let (defaults, zone) = try assembly.preferences()
        var telegram: TelegramChat?
        if settings.telegram.enabled, let secret = secrets.telegramBotToken {
            let chat = try assembly.telegram(control, token: secret, logger: logger)
            try announcePairing(
                control, admins: settings.telegram.admins, language: settings.telegram.language.rawValue, logger: logger
            )
            let live = LiveMessages(control: control, transport: chat.transport, logger: logger)
            let words = WordsDesk(control: control, transport: chat.transport, logger: logger)
            chat.attach(words)
            services += [
                chat, live, words,
                OutboxService(control: control, transport: chat.transport, live: live, logger: logger),
                Notifier(control: control, defaults: defaults, zone: zone, logger: logger),
            ]
            telegram = chat
        } else {
            logger.notice(
                "no bot: set TELEGRAM_BOT_TOKEN (or the credential telegram_bot_token) to be told by Telegram")
        }
        if settings.http.enabled {
            let chat = telegram
            services.append(
                HTTPServer(
                    control: control, host: settings.http.host, port: settings.http.port,
                    token: secrets.httpToken?.reveal(), botPollAge: { chat?.pollAge }, logger: logger))
        }
        services.append(Watchdog(notifier: notifier, control: control, telegram: telegram))
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        notifier.ready()
        notifier.status("serving")
        logger.notice("MarketFlow \(ControlPlane.version) serves", metadata: ["data": "\(folder.path)"])
        try await group.run()
        notifier.stopping()
        logger.notice("stopped; everything is saved")
    }

    /// Prints a one-time code while nobody is in charge; users named in the configuration are admins at once.
    private func announcePairing(_ control: ControlPlane, admins: [Int64], language: String, logger: Logger) throws {
        guard let code = try Pairing.prepare(control, admins: admins, language: language) else { return }
        FileHandle.standardError.write(
            Data("\nNobody is paired yet. Send this to your bot within an hour:\n\n    /start \(code)\n\n".utf8))
    }
}

/// Tells systemd that the service lives, as long as what it should achieve is achieved.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let control: ControlPlane
    let telegram: TelegramChat?

    func run() async throws {
        guard let interval = notifier.watchdogInterval else {
            try await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if self.isAlive { self.notifier.alive() }
                // Ends early only when cancelled, which the loop's condition sees.
                try? await Task.sleep(for: interval / 3)
            }
        }
    }

    private var isAlive: Bool {
        let tick = control.learningSchedule?.lastTick ?? control.startedAt
        return control.now().timeIntervalSince(tick) < 180 && telegram?.isPollerAlive != false
    }
}
