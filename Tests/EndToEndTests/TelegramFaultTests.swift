import BotAPIServer
import Foundation
import Store
import Testing

@Suite("When Telegram is not as it should be", .serialized, .timeLimit(.minutes(2)))
struct TelegramFaultTests {
    @Test("a wrong token is explained in one sentence, and the rest of the service works")
    func wrongToken() async throws {
        try await Town.visit { town in
            let service = try town.serve(botToken: "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            try await service.waitForLog(containing: "The token is revoked or wrong: get a valid one from @BotFather")
            let health = try await service.call("GET", "/healthz")
            #expect(health.status == 503)
            #expect(health.body.contains("@BotFather"))
            #expect(try await service.call("GET", "/metrics").status == 200)
            let order = try await service.call("POST", "/api/v1/cycles", token: Town.httpToken)
            #expect(order.status == 202)
            #expect(try await town.waitForEnd(of: 1).state == .promoted)
            #expect(try !service.standardError.contains("AAAAAAAA"))
        }
    }

    @Test("without a token the service runs and says how to get a bot")
    func noToken() async throws {
        try await Town.visit { town in
            let service = try town.serve(["schedule.jobs.retrain": "* * * * * *"], botToken: nil)
            try await service.waitForLog(containing: "set TELEGRAM_BOT_TOKEN")
            #expect(try await town.waitForEnd(of: 1).state == .promoted)
            #expect(await town.telegram.callLog.isEmpty)
            #expect(try await service.terminate().status == 0)
        }
    }

    @Test("a stranger learns one's own number, once, and nothing else")
    func stranger() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair()
            try await town.asks("/status", expecting: "This bot is private. Your id is 66.", from: 66)
            for text in ["/train", "/users", "hello", "/start", "/start AAAA-BBBB"] { await town.sends(text, from: 66) }
            _ = try await town.telegram.waitForMessage(in: 66, containing: "unknown, used or expired")
            try await town.telegram.waitUntilConfirmed()
            try await town.asks("/status", expecting: "Champion")
            let heard = await town.telegram.messages(in: 66).filter { $0.from == town.telegram.botID }
            #expect(heard.count == 2, "\(heard.map(\.text))")
            #expect(try town.stored { try $0.cycles(limit: 1) }.isEmpty)
            #expect(try town.stored { try $0.users() }.map(\.id) == [Town.admin])
            let log = try service.standardError
            let code = try #require(log.firstMatch(of: /\/start (\S+)/)?.output.1)
            try await town.asks("/start \(code)", expecting: "unknown, used or expired", from: 67)
        }
    }

    @Test("updates that are malformed, unknown or huge are passed over, and the next command is answered")
    func strangeUpdates() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair()
            let ann: JSON = ["id": .int(Town.admin), "is_bot": false, "first_name": "Ann"]
            let chat: JSON = ["id": .int(Town.admin), "type": "private", "first_name": "Ann"]
            func message(_ text: JSON) -> JSON {
                [
                    "message_id": 900, "date": .int(Int64(Date().timeIntervalSince1970)), "chat": chat, "from": ann,
                    "text": text,
                ]
            }
            let payloads: [[String: JSON]] = [
                ["message": "not an object"], ["message": ["message_id": "x"]], ["message": .null], [:],
                ["message": ["message_id": 1, "date": 0, "chat": chat]], ["message": message(.int(5))],
                ["telepathy": ["thought": "from a later version of the interface"]],
                ["callback_query": ["id": "1", "from": ann, "chat_instance": "1"]],
                ["callback_query": ["id": "2", "from": ann, "chat_instance": "1", "data": ""]],
                ["message": message(.string("/" + String(repeating: "a", count: 1_000_000)))],
                ["message": message(.string("/train " + String(repeating: "9", count: 500_000)))],
                ["message": message("/train 5\u{0}0000")], ["message": message("/train -1")],
                ["message": message("/train 1e99")], ["message": message("/trian")],
            ]
            for payload in payloads { await town.telegram.appendUpdate(payload) }
            try await town.asks("/status", expecting: "Champion")
            try await town.telegram.waitUntilConfirmed()
            _ = try await town.reads("Did you mean /train?")
            #expect(try town.stored { try $0.cycles(limit: 1) }.isEmpty)
            #expect(service.isRunning)
            #expect(await town.telegram.violations.isEmpty)
        }
    }

    @Test("what happens while the network is gone is told afterwards, once and in order")
    func outage() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair()
            await town.telegram.networkDown()
            for cycle in 1...3 as ClosedRange<Int64> {
                let order = try await service.call("POST", "/api/v1/cycles", token: Town.httpToken)
                #expect(order.status == 202)
                _ = try await town.waitForEnd(of: cycle)
            }
            try await Task.sleep(for: .seconds(1))
            #expect(try await service.call("GET", "/healthz").body.contains("telegram"))
            try await town.telegram.networkUp()
            _ = try await town.reads("Cycle 3 took")
            let told = await town.telegram.messages(in: Town.admin).compactMap {
                $0.text.firstMatch(of: /Cycle (\d) took/).map { String($0.output.1) }
            }
            #expect(told == ["1", "2", "3"])
            try await town.asks("/status", expecting: "Champion")
            #expect(await town.telegram.violations.isEmpty)
        }
    }

    @Test("an answer that got lost on the way leaves one notice, or a second one that says it may be a repeat")
    func lostAnswers() async throws {
        try await Town.visit { town in
            let service = try await town.serveAndPair()
            await town.telegram.inject(.lossAfterExecution, method: "sendPhoto")
            _ = try await service.call("POST", "/api/v1/cycles", token: Town.httpToken)
            _ = try await town.waitForEnd(of: 1)
            let repeated = try await town.reads("may be a repeat")
            #expect(repeated.text.hasPrefix("🤖 Continual Learning Update\nModel: RL-Agent-v1"))
            try await town.asks("/status", expecting: "Champion")
            let copies = await town.telegram.messages(in: Town.admin).filter { $0.text.contains("Cycle 1 took") }
            #expect(copies.count == 2)
        }
    }
}
