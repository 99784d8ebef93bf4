import Foundation
import Telegram
import Testing

@Suite("Updates")
struct UpdateDecodingTests {
    private func decode(_ json: String) throws -> [Update] {
        try JSONDecoder().decode([Update].self, from: Data(json.utf8))
    }

    @Test("are read with the fields that are used")
    func message() throws {
        // The shape of the example in the documentation of getUpdates, with what today's server adds.
        let updates = try decode(
            """
            [{"update_id":870348,"message":{"message_id":365,"from":{"id":1111,"is_bot":false,"first_name":"Ann",
            "username":"ann","language_code":"ru","is_premium":true},"chat":{"id":1111,"first_name":"Ann","type":"private"},
            "date":1441645532,"text":"/start abc","entities":[{"offset":0,"length":6,"type":"bot_command"}],
            "link_preview_options":{"is_disabled":true}}}]
            """)
        guard case .message(let message) = updates.first?.payload else {
            Issue.record("not a message")
            return
        }
        #expect(updates[0].id == 870_348)
        #expect(message.id == 365)
        #expect(message.from?.languageCode == "ru")
        #expect(message.chat.kind == .private)
        #expect(message.text == "/start abc")
        #expect(message.entities == [MessageEntity(.botCommand, offset: 0, length: 6)])
    }

    @Test("of presses name button, message and user")
    func callback() throws {
        let updates = try decode(
            """
            [{"update_id":5,"callback_query":{"id":"4382","from":{"id":7,"is_bot":false,"first_name":"B"},"message":
            {"message_id":9,"date":0,"chat":{"id":-100,"type":"supergroup","title":"G"}},"chat_instance":"8","data":"x"}}]
            """)
        guard case .callbackQuery(let query) = updates.first?.payload else {
            Issue.record("not a press")
            return
        }
        #expect(query.data == "x")
        #expect(query.message?.id == 9)
        #expect(query.message?.chat.kind == .supergroup)
    }

    @Test("that are odd become unknown and do not hold up the others")
    func odd() throws {
        let updates = try decode(
            """
            [{"update_id":1,"message":{"message_id":"no number"}},
             {"update_id":2,"kind_of_the_future":{"a":[1,2,{"b":null}]}},
             {"update_id":3},
             {"update_id":4,"callback_query":null},
             {"update_id":5,"my_chat_member":{"chat":{"id":3,"type":"private"},"from":{"id":3,"is_bot":false,"first_name":""},
              "date":1,"old_chat_member":{"user":{"id":9,"is_bot":true,"first_name":"b"},"status":"member"},
              "new_chat_member":{"user":{"id":9,"is_bot":true,"first_name":"b"},"status":"kicked","until_date":0}}}]
            """)
        #expect(updates.map(\.id) == [1, 2, 3, 4, 5])
        #expect(updates.prefix(4).allSatisfy { $0.payload == .unknown })
        guard case .myChatMember(let change) = updates[4].payload else {
            Issue.record("not a change of membership")
            return
        }
        #expect(change.newMember.status == .kicked)
    }
}

@Suite("What is sent")
struct EncodingTests {
    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("leaves absent fields out")
    func absent() throws {
        #expect(try json(MessageEntity(.bold, offset: 1, length: 2)) == #"{"length":2,"offset":1,"type":"bold"}"#)
        #expect(
            try json(InlineKeyboard([[Button("A", callbackData: "a"), Button("B", url: "https://b")]]))
                == #"{"inline_keyboard":[[{"callback_data":"a","text":"A"},{"text":"B","url":"https://b"}]]}"#)
        #expect(try json(Button("C", copy: "id")) == #"{"copy_text":{"text":"id"},"text":"C"}"#)
        var parameters = CallParameters()
        parameters.set("chat_id", Int64(5))
        parameters.set("text", nil as String?)
        #expect(try json(parameters) == #"{"chat_id":5}"#)
    }

    @Test("names command scopes as the server does")
    func scopes() throws {
        #expect(try json(BotCommandScope.everyone) == #"{"type":"default"}"#)
        #expect(
            try json(BotCommandScope.chatMember(chat: -5, user: 7))
                == #"{"chat_id":-5,"type":"chat_member","user_id":7}"#)
    }

    @Test("comes back from storage as it was")
    func storage() throws {
        let message = OutgoingMessage(
            to: -5,
            .photo(
                .png("c.png", Data([1, 2])),
                caption: MessageText { Block.line("a ", .bold("b", .code("c")), .link("d", "https://d")) }),
            threadID: 3, buttons: [[Button("x", callbackData: "y"), Button("z", copy: "q")]], isSilent: true,
            replyTo: 8,
            priority: .alarm, isCritical: true, lifetime: .seconds(60))
        let stored = try JSONEncoder().encode(message)
        #expect(try JSONDecoder().decode(OutgoingMessage.self, from: stored) == message)
    }
}
