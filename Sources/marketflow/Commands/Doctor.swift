import ArgumentParser
import AsyncHTTPClient
import ControlPlane
import Foundation
import Logging
import MarketData
import Policies
import Settings
import Store
import Telegram

/// Looks at everything a healthy installation needs and says what to do about what is missing. Changes nothing.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check configuration, data folder, database, policies, token and network.")

    @OptionGroup var state: StateOptions

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    @Flag(help: "Leave out what needs the network.")
    var offline = false

    func run() async throws {
        var checks: [HealthReport.Check] = []
        var settings = Settings()
        do {
            settings = try state.settings()
            _ = try Assembly(settings: settings, folder: URL(fileURLWithPath: state.dataDir)).configuration()
            checks.append(.init("configuration", .ok, "understood"))
        } catch { checks.append(.init("configuration", .failing, "\(error)")) }
        let folder = URL(fileURLWithPath: state.dataDir, isDirectory: true)
        checks += folderChecks(folder)
        checks += databaseChecks(settings, folder)
        checks += try await tokenChecks(settings)
        if settings.market.source == .binance, !offline { checks.append(await binanceCheck(settings)) }
        let report = HealthReport(checks: checks)
        for check in checks {
            let mark = check.level == .ok ? "ok  " : check.level == .warning ? "note" : "FAIL"
            print("\(mark)  \(check.name): \(check.value)")
        }
        if json { print(try JSON.text(report)) }
        if report.level == .failing { throw ExitCode(1) }
    }

    private func folderChecks(_ folder: URL) -> [HealthReport.Check] {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            return [.init("data folder", .warning, "\(folder.path) is not there yet; the first start makes it")]
        }
        guard FileManager.default.isWritableFile(atPath: folder.path) else {
            return [.init("data folder", .failing, "\(folder.path) cannot be written by this user")]
        }
        let free = ProcessFigures.freeBytes(at: folder) ?? 0
        return [
            .init("data folder", .ok, folder.path),
            .init("disk", free < 500 << 20 ? .warning : .ok, "\(free >> 20) MiB free"),
        ]
    }

    private func databaseChecks(_ settings: Settings, _ folder: URL) -> [HealthReport.Check] {
        let path = Settings.statePath(settings.database.path, in: folder.path)
        guard FileManager.default.fileExists(atPath: path) else {
            return [.init("database", .warning, "none yet; the first start makes it")]
        }
        do {
            let store = try Store(path: path)
            let verdict = try store.integrity()
            var checks = [HealthReport.Check("database", verdict == "ok" ? .ok : .failing, verdict)]
            let champion = try store.read { try $0.policy(in: .champion) }
            guard let champion else {
                return checks + [.init("champion", .warning, "none yet; a first cycle trains it")]
            }
            do {
                let loaded = try PolicyRegistry(folder: folder.appendingPathComponent("policies")).load(
                    champion.version)
                let isSame = loaded.sha256 == champion.sha256
                checks.append(
                    .init(
                        "champion", isSame ? .ok : .failing,
                        "\(champion.name), \(isSame ? "hash and inference verified" : "its hash is not the recorded one")"
                    ))
            } catch { checks.append(.init("champion", .failing, "\(error)")) }
            return checks
        } catch { return [.init("database", .failing, "\(error)")] }
    }

    private func tokenChecks(_ settings: Settings) async throws -> [HealthReport.Check] {
        let secrets: Secrets
        do { secrets = try state.secrets() } catch { return [.init("secrets", .failing, "\(error)")] }
        guard let secret = secrets.telegramBotToken else {
            return [
                .init("telegram", .warning, "no token; set TELEGRAM_BOT_TOKEN or the credential telegram_bot_token")
            ]
        }
        do {
            let client = BotClient(
                token: try BotToken(secret.reveal()), server: try BotServer(settings.telegram.apiBaseURL),
                timeout: .seconds(10))
            if offline { return [.init("telegram", .ok, "the token has the right form")] }
            let name: String
            do {
                name = try await client.getMe().username ?? "?"
            } catch {
                await client.transport.shutdown()
                return [.init("telegram", .failing, "\(error)")]
            }
            await client.transport.shutdown()
            return [.init("telegram", .ok, "the bot is @\(name)")]
        } catch { return [.init("telegram", .failing, "\(error)")] }
    }

    private func binanceCheck(_ settings: Settings) async -> HealthReport.Check {
        let http = HTTPClient(configuration: BinanceClient.httpConfiguration)
        let check: HealthReport.Check
        do {
            let client = try BinanceClient(http: http, baseURL: settings.market.binanceBaseURL)
            let skew = try await Double(client.serverTime()) / 1000 - Date().timeIntervalSince1970
            check = .init("binance", abs(skew) > 5 ? .warning : .ok, "answers; its clock differs by \(Int(skew)) s")
        } catch { check = .init("binance", .failing, "\(error)") }
        do { try await http.shutdown() } catch { return .init("binance", .warning, "\(error)") }
        return check
    }
}
