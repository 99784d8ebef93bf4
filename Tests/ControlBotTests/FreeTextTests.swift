import ControlBot
import Store
import Testing

@Suite("Plain words")
struct FreeTextTests {
    @Test(
        "ask what commands answer",
        arguments: [
            ("why did trade 42 lose?", "/why 42"), ("почему сделка 42 убыточна?", "/why 42"),
            ("Почему сделка сорок два закрылась в минус", "/why 42"),
            ("Why was trade four hundred and twelve so bad", "/why 412"),
            ("почему мы потеряли на сделке тысяча двести пять?", "/why 1205"),
            ("status", "/status"), ("Какой сейчас статус?", "/status"), ("как дела?", "/status"),
            ("show me the latest trades", "/trades"), ("the last five trades please", "/trades 5"),
            ("последние семь сделок", "/trades 7"), ("покажи сделку 17", "/trade 17"),
            ("trade twenty-one", "/trade 21"),
            ("what models are there", "/models"), ("расписание", "/schedule"), ("когда следующий запуск", "/schedule"),
            ("what can you do?", "/help"), ("are the candles fine?", "/data"),
        ])
    func asks(text: String, command: String) { #expect(FreeText.intent(of: text) == .asks(command)) }

    @Test(
        "that would change something are only understood as an offer",
        arguments: [
            ("train", "/train"), ("please start training", "/train"), ("Запусти обучение", "/train"),
            ("останови цикл", "/stop"), ("stop it now", "/stop"), ("roll back please", "/rollback"),
            ("откати модель", "/rollback"), ("pause", "/pause"), ("приостанови циклы", "/pause"),
        ])
    func orders(text: String, command: String) { #expect(FreeText.intent(of: text) == .orders(command)) }

    @Test(
        "that mean nothing certain are not guessed",
        arguments: [
            "", "?!", "hello", "why?", "why did trade lose", "why did trades 41 and 42 lose", "status of the models",
            "stopwatch", "training day is a film", "why did trade zero lose",
            "I have been thinking about what the status of all these things in the wide world could be",
        ])
    func unknown(text: String) { #expect(FreeText.intent(of: text) == nil) }

    @Test("an order in plain words changes nothing until its button is pressed")
    func offered() async throws {
        let office = try Office.staffed()
        let reaction = try await office.send("please start training")
        #expect(try office.cycles().isEmpty)
        #expect(try office.audit().isEmpty)
        #expect(reaction.text.contains("/train"))
        _ = try await office.press("/train", on: try #require(reaction.messages.first))
        #expect(try office.cycles().count == 1)
    }
}
