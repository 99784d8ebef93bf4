import BotAPIServer
import Foundation
import Testing

@Suite("A new user", .serialized, .timeLimit(.minutes(2)))
struct NewUserTests {
    @Test("is admin with the code from the log; then cron fires and the notification arrives with chart and buttons")
    func firstNotification() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair(["schedule.jobs.retrain": "*/3 * * * * *"])
            let notice = try await town.reads("Continual Learning Update")

            let lines = notice.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0] == "🤖 Continual Learning Update")
            #expect(lines[1] == "Model: RL-Agent-v1")
            #expect(
                lines[2].wholeMatch(of: /Reward ([↑↓] [+−-]\d+\.\d%|–), Drawdown ([↑↓] \d+%|–)/) != nil, "\(lines[2])")
            #expect(lines[3].wholeMatch(of: /Deployed: \d{4}-\d\d-\d\d \d\d:\d\d UTC/) != nil, "\(lines[3])")
            #expect(notice.text.contains("BTCUSDT 15m"))
            #expect(!notice.text.contains("synthetic"), "these candles come from an exchange")

            #expect(notice.kind == .photo)
            #expect(notice.file?.bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            #expect(notice.buttons.joined().map(\.text) == ["Details"], "there is nothing to go back to yet")

            try await town.presses("Details", on: notice)
            let details = try await town.reads("Cycle 1: ", after: notice.id)
            #expect(details.text.contains("cron"))
            #expect(await town.telegram.violations.isEmpty)
            #expect(try await service.terminate().status == 0)
        }
    }

    @Test("finds a menu of what the role allows, in the language spoken")
    func menus() async throws {
        try await Town.visit { town in
            _ = try await town.serveAndPair()
            let menu = try await eventually("the admin's menu") {
                await town.telegram.commandsSet.first { $0.scope.contains("\"chat_id\":\(Town.admin)") }
            }
            let names = menu.commands.map(\.command)
            #expect(Set(["status", "train", "stop", "rollback", "users", "audit"]).isSubset(of: names))

            let strangers = await town.telegram.commandsSet.filter { $0.scope.contains("default") || $0.scope.isEmpty }
            #expect(Set(strangers.map(\.language)) == ["", "ru"])
            #expect(strangers.allSatisfy { $0.commands.map(\.command) == ["start"] })

            let invitation = try await town.asks("/users add viewer", expecting: "/start ")
            let code = try #require(invitation.text.firstMatch(of: /\/start (\S+)/)?.output.1)
            await town.telegram.addUser(8, firstName: "Вера", language: "ru")
            try await town.asks("/start \(code)", expecting: "Вера", from: 8)
            let viewer = try await eventually("the viewer's menu", .seconds(20)) {
                await town.telegram.commandsSet.first { $0.scope.contains("\"chat_id\":8") }
            }
            #expect(!viewer.commands.map(\.command).contains("train"))
            #expect(viewer.commands.contains { $0.description.contains("обучени") || $0.description.contains("цикл") })
            try await town.asks("/train", expecting: "operator", from: 8)
            #expect(try town.stored { try $0.cycles(limit: 5) }.isEmpty, "a viewer orders nothing")
        }
    }

    @Test("finds the bot's token nowhere: not in the log, not over HTTP, not in a chat")
    func tokenIsSecret() async throws {
        try await Town.visit { town in
            await town.telegram.inject(.status(500), method: "getUpdates")
            await town.telegram.inject(.drop, method: "getUpdates")
            let service = try await town.serveAndPair()
            try await town.asks("/logs 50", expecting: "log")
            try await town.asks("/settings all", expecting: "telegram.api_base_url")
            var texts = [try service.standardError, try service.standardOutput]
            for path in ["/healthz", "/metrics", "/api/v1/cycles", "/nowhere"] {
                texts.append(try await service.call("GET", path, token: Town.httpToken).body)
            }
            texts.append(await town.telegram.messages(in: Town.admin).map(\.text).joined())
            let secrets = [town.telegram.token, String(town.telegram.token.split(separator: ":")[1]), Town.httpToken]
            for (text, secret) in texts.flatMap({ text in secrets.map { (text, $0) } }) {
                #expect(!text.contains(secret))
            }
        }
    }
}
