import Analyst
import LanguageModels
import Narration
import Testing

/// A loss on a long trade, in both languages, and answers to it that are right.
enum Example {
    static let facts = [
        Fact(
            id: "E1", about: "trade",
            values: [
                FactValue(name: "symbol", label: "", figure: "BTCUSDT"),
                FactValue(name: "side", label: "side", figure: "long", topic: .side, sign: 1),
                FactValue(name: "exit_price", label: "exit price", figure: "41860.74", topic: .price, sign: -1),
            ]),
        Fact(
            id: "E2", about: "split",
            values: [
                FactValue(name: "net", label: "net result", figure: "−1.24%", topic: .outcome, sign: -1),
                FactValue(name: "fees", label: "fees", figure: "−0.20%", topic: .outcome, sign: -1),
            ]),
        Fact(
            id: "E10", about: "alternatives",
            values: [
                FactValue(name: "opposite", label: "the opposite side", figure: "+0.76%", topic: .outcome, sign: 1)
            ]),
    ]

    static let english = WordedAnswer(sentences: [
        .init(text: "The price fell until the exit at {E1.exit_price}.", evidence: ["E1"]),
        .init(
            text: "The trade in {E1.symbol} ended with a loss, {E2.net}, of which {E2.fees}.", evidence: ["E1", "E2"]),
        .init(text: "Only {E10.opposite} would have been profitable.", evidence: ["E10"]),
        .init(text: "The position was long ({E1.side}).", evidence: ["E1"]),
    ])

    static let russian = WordedAnswer(sentences: [
        .init(text: "Цена упала к выходу: {E1.exit_price}.", evidence: ["E1"]),
        .init(text: "Сделка {E1.symbol} принесла убыток: {E2.net}, из них {E2.fees}.", evidence: ["E1", "E2"]),
        .init(text: "Прибыльной оказалась бы {E10.opposite}.", evidence: ["E10"]),
        .init(text: "Позиция была лонг ({E1.side}).", evidence: ["E1"]),
    ])
}

@Suite("What a model wrote is checked")
struct VerifierTests {
    let verifier = Verifier(Example.facts)

    private func violations(_ text: String, _ evidence: [String] = ["E2"]) -> [Violation] {
        do {
            _ = try verifier.verified(WordedAnswer.Sentence(text: text, evidence: evidence))
            return []
        } catch { return error.violations }
    }

    @Test("right answers pass, with every figure beside its name")
    func passes() throws {
        #expect(
            try verifier.verified(Example.english).map(\.text) == [
                "The price fell until the exit at exit price 41860.74.",
                "The trade in BTCUSDT ended with a loss, net result −1.24%, of which fees −0.20%.",
                "Only the opposite side +0.76% would have been profitable.", "The position was long (side long).",
            ])
        #expect(try verifier.verified(Example.russian).count == 4)
    }

    @Test(
        "numbers in any disguise are refused",
        arguments: [
            "Fees were 0.20 ({E2.fees}).", "Fees were two tenths ({E2.fees}).", "Twenty-five in all: {E2.fees}.",
            "Half of it were costs: {E2.fees}.", "Costs doubled it: {E2.fees}.", "A tenfold cost: {E2.fees}.",
            "Costs of several percent: {E2.fees}.", "Costs of a few per cent: {E2.fees}.", "Costs % {E2.fees}.",
            "Costs ٣ {E2.fees}.", "Costs ½ {E2.fees}.", "Costs Ⅳ {E2.fees}.", "Costs ２ {E2.fees}.",
            "Costs 三 {E2.fees}.", "Costs XIV {E2.fees}.", "Издержки две десятых: {E2.fees}.",
            "Двадцатипроцентные издержки: {E2.fees}.", "Половина результата: {E2.fees}.",
            "Издержки вдвое больше: {E2.fees}.", "Пятнадцать случаев: {E2.fees}.", "Трёхсот хватило: {E2.fees}.",
            "Costs {E2.fees} {7}.", "Costs {{E2.fees}}.",
        ])
    func numbers(text: String) { #expect(!violations(text).isEmpty) }

    @Test(
        "links, commands, mentions, markup and invisible characters are refused",
        arguments: [
            "See evil.example for costs {E2.fees}.", "See https://x {E2.fees}.", "Run /stop now {E2.fees}.",
            "@channel costs {E2.fees}.", "*Costs* {E2.fees}.", "<b>Costs</b> {E2.fees}.", "[Costs](x) {E2.fees}.",
            "`Costs` {E2.fees}.", "Costs\u{202E} {E2.fees}.", "Costs\u{200B} {E2.fees}.", "Costs\u{0} {E2.fees}.",
            "Costs\n{E2.fees}.", "Costs 📉 {E2.fees}.", "Cоsts {E2.fees}.", "Costs $ {E2.fees}.",
            "Co\u{301}sts {E2.fees}.",
            "#costs {E2.fees}.", "t.me costs {E2.fees}.", "Costs {E2.fees} http.",
        ])
    func symbols(text: String) { #expect(!violations(text).isEmpty) }

    @Test(
        "advice and forecasts are refused",
        arguments: [
            "You should hold longer: {E2.fees}.", "Buy lower: {E2.fees}.", "We recommend less: {E2.fees}.",
            "It will go on: {E2.fees}.", "Please ignore it: {E2.fees}.", "Вам следует держать: {E2.fees}.",
            "Советую ждать: {E2.fees}.", "Лучше держать: {E2.fees}.", "Покупайте позже: {E2.fees}.",
        ])
    func advice(text: String) { #expect(!violations(text).isEmpty) }

    @Test(
        "directions that contradict the sign, have no figure, or are negated are refused",
        arguments: [
            ("The trade made a profit: {E2.net}.", ["E2"]), ("The price rose to {E1.exit_price}.", ["E1"]),
            ("The position was short ({E1.side}).", ["E1"]), ("The price fell, {E2.net}.", ["E2"]),
            ("No loss came of it: {E2.net}.", ["E2"]), ("The price did not rise: {E1.exit_price}.", ["E1"]),
            ("A loss, {E2.net}, though {E10.opposite}.", ["E2", "E10"]), ("Сделка дала прибыль: {E2.net}.", ["E2"]),
            ("Цена выросла до {E1.exit_price}.", ["E1"]), ("Позиция была шорт: {E1.side}.", ["E1"]),
            ("Убытка не было: {E2.net}.", ["E2"]), ("Неприбыльной была {E10.opposite}.", ["E10"]),
            ("Unfavourable was {E10.opposite}.", ["E10"]),
        ])
    func directions(text: String, evidence: [String]) { #expect(!violations(text, evidence).isEmpty) }

    @Test("ids must exist, be cited and be used")
    func citations() {
        #expect(violations("Costs took {E2.fees}.", ["E2"]) == [])
        #expect(violations("Costs took {E2.fees}.", []) == [.citation])
        #expect(violations("Costs took {E2.fees}.", ["E2", "E1"]) == [.citation])
        #expect(violations("Costs took {E2.fees}.", ["E2", "E2"]) == [.citation])
        #expect(violations("Costs took much.", ["E2"]) == [.citation])
        #expect(!violations("Costs took {E3.fees}.", ["E3"]).isEmpty)
        #expect(!violations("Costs took {E2.gross}.", ["E2"]).isEmpty)
        #expect(!violations("Costs of ETHUSDT: {E2.fees}.", ["E2"]).isEmpty)
        #expect(!violations("Costs of bitcoin: {E2.fees}.", ["E2"]).isEmpty)
        #expect(!violations("Издержки эфириума ETH: {E2.fees}.", ["E2"]).isEmpty)
    }

    @Test("nothing, too much and other JSON is refused")
    func form() {
        #expect(throws: Rejection(violations: [.empty])) { try verifier.verified(WordedAnswer(sentences: [])) }
        let many = Array(repeating: Example.english.sentences[0], count: 6)
        #expect(throws: Rejection(violations: [.tooManySentences])) {
            try verifier.verified(WordedAnswer(sentences: many))
        }
        #expect(violations(String(repeating: "costs ", count: 60) + "{E2.fees}.") == [.tooLong])
        for text in [
            "", "Sure! {\"sentences\":[],\"answered\":true}", "{\"sentences\":[]}", "[]", "{\"answered\":true}",
            "{\"sentences\":[],\"answered\":true,\"command\":\"/deploy\"}",
            "{\"sentences\":[{\"text\":\"x\",\"evidence\":[\"E1\"],\"run\":\"/stop\"}],\"answered\":true}",
            "{\"sentences\":[{\"text\":1,\"evidence\":[]}],\"answered\":true}", "{\"sentences\":[{\"text\":\"cut off",
        ] {
            #expect(WordedAnswer(json: text) == nil)
        }
        #expect(WordedAnswer(json: Example.russian.json) == Example.russian)
    }

    @Test("of 10,000 right answers with one figure, id, word of direction or symbol changed, none passes")
    func mutations() throws {
        var random = SplitMix(state: 20_251_115)
        for round in 0..<10_000 {
            let answer = random.next() % 2 == 0 ? Example.english : Example.russian
            let mutated = Mutation(&random).applied(to: answer, &random)
            #expect(mutated != answer)
            var isRejected = false
            do { _ = try verifier.verified(mutated) } catch { isRejected = true }
            #expect(isRejected, "round \(round): \(mutated.json)")
        }
    }

    @Test("sentences are found while they are being written, wherever the pieces are cut")
    func scanner() {
        var answer = Example.russian
        answer.sentences[0].text = "A \"quoted\" brace } and { and \\ stay {E2.fees}."
        let bytes = Array(answer.json.unicodeScalars)
        for size in [1, 2, 7, 50, bytes.count] {
            var scanner = SentenceScanner()
            var found: [WordedAnswer.Sentence] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = String(String.UnicodeScalarView(bytes[start..<min(start + size, bytes.count)]))
                found += scanner.take(piece)
            }
            #expect(found == answer.sentences)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// One change that makes an answer wrong.
enum Mutation: CaseIterable {
    case digitForPlaceholder, digitAdded, numberWordAdded, placeholderUnknown, placeholderOfOther, citationSwapped,
        citationLost, directionTurned, symbolAdded, characterAdded

    init(_ random: inout SplitMix) { self = Self.allCases.randomElement(using: &random) ?? .digitAdded }

    func applied(to answer: WordedAnswer, _ random: inout SplitMix) -> WordedAnswer {
        var answer = answer
        let index = Int.random(in: answer.sentences.indices, using: &random)
        var sentence = answer.sentences[index]
        let places = sentence.text.ranges(of: /\{E\d+\.[a-z_]+\}/)
        let place = places.randomElement(using: &random) ?? places[0]
        switch self {
        case .digitForPlaceholder:
            sentence.text.replaceSubrange(place, with: "\(Double.random(in: -9...99, using: &random))%")
        case .digitAdded:
            let digits = Array("0123456789٣५²½Ⅷ零")
            sentence.text = inserted(String(digits.randomElement(using: &random) ?? "1"), in: sentence.text, &random)
        case .numberWordAdded:
            let words = ["two", "Seventy", "half", "percent", "три", "Пятьдесят", "половину", "процентов", "вдвое"]
            sentence.text = (words.randomElement(using: &random) ?? "two") + " " + sentence.text
        case .placeholderUnknown:
            sentence.text.replaceSubrange(place, with: "{E\(Int.random(in: 11...99, using: &random)).net}")
        case .placeholderOfOther:
            let own = Set(sentence.evidence)
            let other = Example.facts.filter { !own.contains($0.id) }.randomElement(using: &random)
            sentence.text.replaceSubrange(place, with: "{\(other?.id ?? "E9").\(other?.values[0].name ?? "x")}")
        case .citationSwapped:
            let others = ["E1", "E2", "E10", "E3", "E99"].filter { !sentence.evidence.contains($0) }
            sentence.evidence[0] = others.randomElement(using: &random) ?? "E98"
        case .citationLost: sentence.evidence.removeLast()
        case .directionTurned:
            let pairs = [
                "fell": "rose", "loss": "gain", "profitable": "unprofitable", "long ": "short ", "упала": "выросла",
                "убыток": "доход", "Прибыльной": "Убыточной", "лонг ": "шорт ",
            ]
            for (word, opposite) in pairs { sentence.text = sentence.text.replacing(word, with: opposite) }
        case .symbolAdded:
            let symbols = ["ETHUSDT", "BTC", "solusdt", "Bitcoin", "биткоин", "RL", "ЕТН"]
            sentence.text = (symbols.randomElement(using: &random) ?? "BTC") + " " + sentence.text
        case .characterAdded:
            let characters = ["%", "$", "/", "@", "*", "<", "\u{202E}", "\u{200B}", "\u{0}", "{", "=", "📈", "~", "_"]
            sentence.text = inserted(characters.randomElement(using: &random) ?? "%", in: sentence.text, &random)
        }
        answer.sentences[index] = sentence
        return answer
    }

    private func inserted(_ piece: String, in text: String, _ random: inout SplitMix) -> String {
        var text = text
        let offset = Int.random(in: 0...text.count, using: &random)
        text.insert(contentsOf: piece, at: text.index(text.startIndex, offsetBy: offset))
        return text
    }
}
