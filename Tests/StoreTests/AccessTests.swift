import Foundation
import Store
import Testing

/// People, codes, updates, buttons.
struct AccessTests {
    private let folder: Folder
    private let store: Store

    init() throws {
        folder = try Folder()
        store = try folder.store()
    }

    private func redeem(_ code: String, user: Int64, after seconds: TimeInterval = 0) throws -> Role? {
        try store.write { try $0.redeemPairingCode(code, user: user, at: noon.addingTimeInterval(seconds)) }
    }

    private func makeCode(_ code: String, _ role: Role) throws {
        try store.write {
            try $0.storePairingCode(code, role: role, createdAt: noon, expiresAt: noon.addingTimeInterval(3600))
        }
    }

    @Test("roles are ordered, and each includes the ones before")
    func roles() { #expect(Role.viewer < .operator && Role.operator < .admin && !(Role.admin < .viewer)) }

    @Test("a code lets in one person, once")
    func codeOnce() throws {
        try makeCode("7F3K-9QWM", .operator)
        #expect(try redeem("7F3K-9QWX", user: 1) == nil)
        #expect(try redeem("7F3K-9QWM", user: 1) == .operator)
        #expect(try redeem("7F3K-9QWM", user: 1) == nil)
        #expect(try redeem("7F3K-9QWM", user: 2) == nil)
    }

    @Test("a code ends at its hour, and with the next one for the same role")
    func codeEnds() throws {
        try makeCode("OLD", .viewer)
        try makeCode("ADMIN", .admin)
        #expect(try redeem("OLD", user: 1, after: 3600) == nil)
        try makeCode("NEW", .viewer)
        #expect(try redeem("OLD", user: 1) == nil)
        #expect(try redeem("NEW", user: 1, after: 3599) == .viewer)
        #expect(try redeem("ADMIN", user: 2) == .admin)
    }

    @Test("a person is stored, changed, muted and removed")
    func users() throws {
        var user = UserRecord(id: 5, name: "Анна", role: .viewer, language: "ru", chatId: 5, pairedAt: noon)
        try store.write { try $0.save(user) }
        user.role = .admin
        try store.write { transaction in
            try transaction.save(user)
            try transaction.muteChat(5, reason: "blocked")
        }
        let stored = try #require(try store.read { try $0.user(5) })
        #expect(
            stored.role == .admin && stored.name == "Анна" && stored.mutedReason == "blocked" && stored.pairedAt == noon
        )
        try store.write { try $0.deleteUser(5) }
        #expect(try store.read { try $0.users() }.isEmpty)
    }

    @Test("an update is new once, and an order that fails does not use it up")
    func updateOnce() throws {
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            try store.write { transaction in
                #expect(try transaction.markUpdateSeen(77, at: noon))
                throw Refusal()
            }
        }
        #expect(try store.write { try $0.markUpdateSeen(77, at: noon) })
        #expect(try !store.write { try $0.markUpdateSeen(77, at: noon) })
        #expect(try store.read { try $0.isUpdateSeen(77) })
        #expect(try !store.read { try $0.isUpdateSeen(78) })
    }

    @Test("old updates and old buttons are forgotten, newer ones are not")
    func forgotten() throws {
        let later = noon.addingTimeInterval(100)
        try store.write { transaction in
            for (number, moment) in [(1, noon), (2, later)] {
                _ = try transaction.markUpdateSeen(Int64(number), at: moment)
                try transaction.save(
                    CallbackTokenRecord(token: "\(number)", userId: 1, chatId: 1, action: "{}", expiresAt: moment))
            }
            try transaction.forgetOldUpdates(before: later)
        }
        #expect(try store.read { try [$0.isUpdateSeen(1), $0.isUpdateSeen(2)] } == [false, true])
        #expect(try store.read { try [$0.callbackToken("1")?.token, $0.callbackToken("2")?.token] } == [nil, "2"])
    }

    @Test("a button knows its message once that is sent, and its use")
    func buttons() throws {
        try store.write { transaction in
            for token in ["a", "b"] {
                try transaction.save(
                    CallbackTokenRecord(
                        token: token, userId: 1, chatId: 9, action: "{\"line\":\"/stop\"}", expiresAt: noon))
            }
            try transaction.bindTokens(["a", "b"], to: 55)
            try transaction.useCallbackToken("a", at: noon)
        }
        let (used, fresh) = try store.read { try ($0.callbackToken("a"), $0.callbackToken("b")) }
        #expect(used?.messageId == 55 && used?.usedAt == noon)
        #expect(fresh?.messageId == 55 && fresh?.usedAt == nil)
        #expect(try store.read { try $0.tokens(of: 55, chat: 9) } == ["a", "b"])
    }

    @Test("cancelling ends the waiting questions of this person in this chat and counts their messages")
    func cancelled() throws {
        try store.write { transaction in
            for (token, user, chat) in [("yes", 1, 9), ("no", 1, 9), ("elsewhere", 1, 8), ("other", 2, 9)] {
                try transaction.save(
                    CallbackTokenRecord(
                        token: token, userId: Int64(user), chatId: Int64(chat), action: "{}",
                        expiresAt: noon.addingTimeInterval(60)))
            }
            try transaction.bindTokens(["yes", "no"], to: 55)
        }
        #expect(try store.write { try $0.cancelQuestions(of: 1, chat: 9, at: noon) } == 1)
        #expect(try store.write { try $0.cancelQuestions(of: 1, chat: 9, at: noon) } == 0)
        let used = try store.read { transaction in
            try ["yes", "no", "elsewhere", "other"].map { try transaction.callbackToken($0)?.usedAt != nil }
        }
        #expect(used == [true, true, false, false])
    }
}

/// Who ordered what, chained.
struct AuditTests {
    private let folder: Folder
    private let store: Store

    init() throws {
        folder = try Folder()
        store = try folder.store()
        for command in ["/train", "/stop", "/pause"] { try append(command) }
    }

    /// No cryptographic hash is needed to see a chain at work.
    private func digest(_ text: String) -> String {
        String(
            text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }, radix: 16
        )
    }

    private func append(_ command: String, arguments: String = "") throws {
        try store.write {
            try $0.appendAudit(
                at: noon, user: 1, chat: 1, actor: "Ann", command: command, arguments: arguments, outcome: "done",
                digest: digest)
        }
    }

    private func firstBroken() throws -> Int64? { try store.read { try $0.firstBrokenAudit(digest: digest) } }

    @Test("an untouched chain holds, newest first when read")
    func intact() throws {
        #expect(try firstBroken() == nil)
        #expect(try store.read { try $0.audit(limit: 2) }.map(\.command) == ["/pause", "/stop"])
    }

    @Test(
        "a changed field shows in its row",
        arguments: [
            "outcome = 'denied'", "user_id = 2", "at = at + 1", "arguments = 'x'", "hash = 'ff'", "previous = ''",
        ])
    func changed(_ change: String) throws {
        try store.execute("UPDATE audit SET \(change) WHERE id = 2")
        #expect(try firstBroken() == 2)
    }

    @Test("a removed row shows in the one after it")
    func removed() throws {
        try store.execute("DELETE FROM audit WHERE id = 2")
        #expect(try firstBroken() == 3)
    }

    @Test("text moved from one field to the next gives another hash")
    func shifted() throws {
        try append("/train", arguments: "5 0")
        try store.execute("UPDATE audit SET command = '/train5', arguments = ' 0' WHERE id = 4")
        #expect(try firstBroken() == 4)
    }
}
