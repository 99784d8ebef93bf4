/// What plain words ask for, by rules: no model is needed, and what is not certain is not guessed.
package enum FreeText {
    /// What the words mean, as a command line.
    package enum Intent: Sendable, Hashable {
        /// Only reads: may be answered at once.
        case asks(String)
        /// Would change something: may only be offered.
        case orders(String)
    }

    /// Longer texts are talk, in which a word proves nothing.
    static let mostWords = 10

    /// Nil when the words are not understood.
    package static func intent(of text: String) -> Intent? {
        let lower = text.prefix(CommandLine.longestLine).lowercased().replacing("ё", with: "е").replacing(
            "’", with: "'")
        let words = lower.split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
        guard !words.isEmpty else { return nil }
        let numbers = NumberWords.numbers(in: words)
        if let trade = tradeAskedAbout(words, numbers) { return .asks("/why \(trade)") }
        guard words.count <= mostWords else { return nil }
        if let order = order(words) { return .orders(order) }
        return question(words, lower, numbers)
    }

    /// “why did trade 42 lose”, «почему сделка сорок два убыточна»
    private static func tradeAskedAbout(_ words: [String], _ numbers: [Int]) -> Int? {
        let asksWhy = words.contains { ["why", "почему", "зачем", "отчего"].contains($0) }
        guard asksWhy, words.contains(where: isTrade), numbers.count == 1, numbers[0] > 0 else { return nil }
        return numbers[0]
    }

    private static func isTrade(_ word: String) -> Bool {
        ["trade", "trades", "сделок"].contains(word) || word.hasPrefix("сделк")
    }

    // MARK: Orders

    private static let polite: Set = ["please", "пожалуйста", "now", "let's", "давай", "можешь", "can", "could", "you"]

    private static let verbs: [(stems: [String], command: String)] = [
        (["train", "retrain", "обучи", "обучай", "тренируй", "дообуч", "переобуч"], "/train"),
        (["stop", "останови", "стоп", "прекрати"], "/stop"), (["pause", "приостанови"], "/pause"),
        (["resume", "возобнови"], "/resume"), (["rollback", "откати", "откат"], "/rollback"),
        (["backup"], "/backup"),
    ]

    /// Only what begins with the verb is an order: “did the training stop?” is none.
    private static func order(_ words: [String]) -> String? {
        let said = words.drop { polite.contains($0) }
        guard let first = said.first else { return nil }
        if first == "roll", said.dropFirst().first == "back" { return "/rollback" }
        if ["start", "запусти", "начни"].contains(first) {
            return said.contains {
                $0.hasPrefix("train") || $0.hasPrefix("обучени") || $0.hasPrefix("цикл") || $0 == "cycle"
            }
                ? "/train" : nil
        }
        return verbs.first { $0.stems.contains { isForm(first, of: $0) } }?.command
    }

    /// English verbs stand as they are, Russian ones with their endings: “training day” is no order.
    private static func isForm(_ word: String, of stem: String) -> Bool {
        word == stem || (!stem.utf8.allSatisfy { $0 < 0x80 } && word.hasPrefix(stem) && word.count <= stem.count + 3)
    }

    // MARK: Questions

    private static let phrases: [(phrases: [String], command: String)] = [
        (["how are things", "what's going on", "what is going on", "what's running", "what is running"], "/status"),
        (["как дела", "что происходит", "что идет", "что сейчас"], "/status"),
        (["what can you do", "что ты умеешь", "что умеешь"], "/help"),
        (["when is the next", "when's the next", "next run", "когда следующ", "следующий запуск"], "/schedule"),
    ]

    private static let keywords: [(stems: [String], command: String)] = [
        (["status", "статус", "состояни"], "/status"), (["schedule", "расписани"], "/schedule"),
        (["metric", "метрик", "показател"], "/metrics"), (["health", "здоровь"], "/health"),
        (["model", "version", "модел", "верси"], "/models"), (["cycle", "цикл"], "/cycles"),
        (["candle", "свеч"], "/data"), (["help", "помощь", "помоги", "справк"], "/help"),
    ]

    private static func question(_ words: [String], _ text: String, _ numbers: [Int]) -> Intent? {
        if let found = phrases.first(where: { $0.phrases.contains { text.contains($0) } }) {
            return .asks(found.command)
        }
        if words.contains(where: isTrade) { return trades(words, numbers) }
        let found = keywords.filter { keyword in
            words.contains { word in keyword.stems.contains { word.hasPrefix($0) } }
        }
        // Two subjects in one sentence: neither is certain.
        return found.count == 1 ? .asks(found[0].command) : nil
    }

    /// “trade 42”, “the last five trades”, «последние сделки»
    private static func trades(_ words: [String], _ numbers: [Int]) -> Intent? {
        let isPlural = words.contains { ["trades", "сделки", "сделок", "сделках", "сделкам"].contains($0) }
        switch (isPlural, numbers.count) {
        case (true, 0): return .asks("/trades")
        case (true, 1) where (1...50).contains(numbers[0]): return .asks("/trades \(numbers[0])")
        // «сделки 42» is one of them as well.
        case (_, 1) where numbers[0] > 0: return .asks("/trade \(numbers[0])")
        default: return nil
        }
    }
}
