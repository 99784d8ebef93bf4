import ControlBot
import ControlPlane
import Foundation
import Store
import Testing

/// Who may come in, and who may do what.
struct GateTests {
    // MARK: Strangers

    @Test("a stranger gets one hint in private, then silence for ten minutes, whatever is written")
    func stranger() async throws {
        let office = try Office.staffed()
        let hint = try await office.send("hello", by: Office.stranger)
        #expect(hint.text.contains("This bot is private. Your id is 9."))
        for text in ["/status", "/train", "why did trade 1 lose", "/start"] {
            #expect(try await office.send(text, by: Office.stranger).messages.isEmpty, "\(text)")
        }
        office.clock.advance(601)
        #expect(
            try await office.send("/status", by: Office.stranger, language: "ru-RU").text.contains("Это закрытый бот"))
        #expect(try office.cycles().isEmpty)
    }

    @Test("a stranger in a group is answered by silence")
    func strangerInGroup() async throws {
        let office = try Office.staffed()
        #expect(try await office.send("/status", by: Office.stranger, chat: -5).messages.isEmpty)
    }

    @Test("a stranger who presses somebody's button changes nothing")
    func strangerPresses() async throws {
        let office = try Office.staffed()
        let queued = try await office.send("/train")
        let reaction = try await office.press("Stop", on: try #require(queued.messages.first), by: Office.stranger)
        #expect(reaction.toast == nil && reaction.messages.isEmpty && !reaction.isSpent)
        #expect(try office.cycles().map(\.stopRequested) == [false])
    }

    // MARK: Pairing

    @Test("the first user pairs with the code shown at start and becomes admin; the code works once")
    func pairing() async throws {
        let office = try Office()
        let code = try #require(try Pairing.prepare(office.control, admins: [], language: "en"))
        #expect(code.wholeMatch(of: /[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}/) != nil)
        let welcome = try await office.send("/start \(code)", by: 7, language: "ru")
        #expect(welcome.text.contains("User 7"))
        let user = try #require(try office.store.read { try $0.user(7) })
        #expect(user.role == .admin && user.language == "ru" && user.chatId == 7)
        #expect(try await office.send("/start \(code)", by: 8).text.contains("unknown, used or expired"))
        #expect(try office.store.read { try $0.user(8) } == nil)
        #expect(try office.audit().map(\.outcome) == ["paired as admin"])
        #expect(try !office.audit()[0].arguments.contains(code))
        #expect(try Pairing.prepare(office.control, admins: [], language: "en") == nil)
    }

    @Test("a code may be typed in lower case and without its dash")
    func leniently() async throws {
        let office = try Office()
        let code = try #require(try Pairing.prepare(office.control, admins: [], language: "en"))
        _ = try await office.send("/start@market_bot \(code.lowercased().replacing("-", with: ""))", by: 7)
        #expect(try office.store.read { try $0.user(7) }?.role == .admin)
    }

    @Test("a code ends after an hour, and when the process starts again")
    func codeEnds() async throws {
        let office = try Office()
        let first = try #require(try Pairing.prepare(office.control, admins: [], language: "en"))
        let second = try #require(try Pairing.prepare(office.control, admins: [], language: "en"))
        _ = try await office.send("/start \(first)", by: 7)
        #expect(try office.store.read { try $0.users() }.isEmpty)
        office.clock.advance(3600)
        _ = try await office.send("/start \(second)", by: 7)
        #expect(try office.store.read { try $0.users() }.isEmpty)
    }

    @Test("after five wrong codes even the right one waits a quarter of an hour, for this person only")
    func guessing() async throws {
        let office = try Office()
        let code = try #require(try Pairing.prepare(office.control, admins: [], language: "en"))
        for _ in 0..<5 {
            #expect(try await office.send("/start AAAA-AAAA", by: 7).text.contains("unknown, used or expired"))
        }
        #expect(try await office.send("/start \(code)", by: 7).text == "Too many wrong codes. Try again in 16 min.")
        office.clock.advance(900)
        _ = try await office.send("/start \(code)", by: 7)
        #expect(try office.store.read { try $0.user(7) }?.role == .admin)
    }

    @Test("configured admins are admins at start, and no code is made")
    func configuredAdmins() throws {
        let office = try Office()
        #expect(try Pairing.prepare(office.control, admins: [7], language: "ru") == nil)
        let user = try #require(try office.store.read { try $0.user(7) })
        #expect(user.role == .admin && user.chatId == 7 && user.language == "ru")
    }

    @Test("an admin's code lets one more person in with its role, and nobody loses a role by a code")
    func invited() async throws {
        let office = try Office.staffed()
        func code(_ role: String) async throws -> String {
            let text = try await office.send("/users add \(role)").text
            return String(try #require(text.firstMatch(of: /\/start (\S+)/)).1)
        }
        _ = try await office.send("/start \(code("operator"))", by: 7)
        #expect(try office.store.read { try $0.user(7) }?.role == .operator)
        _ = try await office.send("/start \(code("viewer"))", by: Office.admin)
        #expect(try office.store.read { try $0.user(Office.admin) }?.role == .admin)
        #expect(try await office.send("/users add king").text.contains("“king” is not understood here"))
    }

    // MARK: Roles

    @Test(
        "a viewer asks but cannot order; the attempt stands in the audit",
        arguments: ["/train 5000", "/stop", "/pause", "/resume", "/rollback", "/users add admin", "/backup"])
    func viewer(_ order: String) async throws {
        let office = try Office.staffed()
        let reaction = try await office.send(order, by: Office.viewer)
        #expect(reaction.text.hasPrefix("This needs the role "))
        #expect(reaction.text.hasSuffix("yours is viewer. Nothing was done."))
        #expect(try office.cycles().isEmpty)
        let row = try #require(try office.audit().first)
        #expect(row.outcome == "denied" && row.userId == Office.viewer && row.command == order.split(separator: " ")[0])
        #expect(try await office.send("/status", by: Office.viewer).text.hasPrefix("MarketFlow "))
    }

    @Test("a role taken away counts at once, also for buttons shown before")
    func demoted() async throws {
        let office = try Office.staffed()
        try office.hire(3, "Eve", .operator)
        let queued = try #require(try await office.send("/train", by: 3).messages.first)
        _ = try await office.send("/users role 3 viewer")
        #expect(try await office.press("Stop", on: queued, by: 3).text.hasPrefix("This needs the role operator"))
        #expect(try office.cycles().map(\.stopRequested) == [false])
    }

    @Test("the last admin cannot be removed or demoted, another one can")
    func lastAdmin() async throws {
        let office = try Office.staffed()
        for order in ["/users remove 1", "/users role 1 viewer"] {
            #expect(
                try await office.send(order).text.contains("the last admin; someone must stay in charge"), "\(order)")
        }
        _ = try await office.send("/users role 2 admin")
        #expect(try await office.send("/users remove 1").text.hasPrefix("Ann was removed"))
        #expect(try office.store.read { try $0.users() }.map(\.name) == ["Bob"])
        #expect(try await office.send("/status").text.contains("This bot is private"))
    }

    @Test(
        "a user's number that is none is refused, not taken for user 0",
        arguments: ["/users remove abc", "/users remove", "/users role x viewer"])
    func noSuchNumber(_ order: String) async throws {
        let office = try Office.staffed()
        try office.hire(0, "terminal", .admin)
        #expect(try await office.send(order).text.contains("Right form: /users"))
        #expect(try office.store.read { try $0.users() }.count == 3)
    }

    @Test("every order is audited with who, what and what came of it, in an unbroken chain")
    func audited() async throws {
        let office = try Office.staffed()
        _ = try await office.send("/train 5000")
        _ = try await office.send("/train abc")
        _ = try await office.send("/stop")
        _ = try await office.send("/status")
        let rows = try office.audit()
        #expect(rows.map(\.command) == ["/train", "/train", "/stop"])
        #expect(rows.map(\.outcome) == ["cycle 1 queued", "refused", "cycle 1 withdrawn"])
        #expect(rows.map(\.arguments) == ["5000", "abc", ""])
        #expect(try await office.send("/audit").text.contains("chain intact"))
        try office.execute("UPDATE audit SET outcome = 'x' WHERE id = 2")
        #expect(try await office.send("/audit").text.contains("chain broken at row 2"))
    }
}
