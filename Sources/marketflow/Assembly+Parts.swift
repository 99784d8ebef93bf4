import ControlBot
import ControlPlane
import Foundation
import Logging
import Settings
import Telegram

extension Assembly {
    func controlPlane(_ secrets: Secrets = Secrets(), tail: LogTail, logger: Logger) throws -> ControlPlane {
        let rows = settings.rows.map { SettingRow(path: $0.path, value: $0.value, isDefault: $0.source == .default) }
        let control = try ControlPlane(
            configuration: configuration(secrets), source: source(logger: logger), settingRows: rows, logTail: tail,
            logger: logger)
        if settings.schedule.paused {
            _ = try control.store.write { try control.pause(by: "configuration", in: $0) }
        }
        return control
    }

    func telegram(_ control: ControlPlane, token: Secret, logger: Logger) throws -> TelegramChat {
        let client = BotClient(
            token: try BotToken(token.reveal()), server: try BotServer(settings.telegram.apiBaseURL))
        return TelegramChat(
            control: control, client: client, pollTimeout: settings.telegram.pollTimeoutSeconds,
            limits: settings.telegram.limits ? SendSettings() : .unlimited, logger: logger)
    }
}
