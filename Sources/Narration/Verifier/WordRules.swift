/// What the words of a sentence may be, apart from its placeholders.
struct WordRules {
    private(set) var violations: [Violation] = []

    /// - Parameter placed: the values of the sentence's placeholders.
    init(_ text: String, placed: [FactValue]) {
        checkCharacters(text)
        let words = Self.words(of: text)
        checkSpelling(words)
        guard Lexicon.all.count == 2 else {
            violations.append(.form)
            return
        }
        let plain = words.map { $0.lowercased().replacing("ё", with: "е") }
        for lexicon in Lexicon.all { check(plain, by: lexicon, placed) }
    }

    // MARK: Letters

    private static let punctuation = Set(" .,;:!?'\"()-–—«»“”„’…".unicodeScalars)

    /// Letters of two alphabets and plain punctuation; a closed list, so that what is not thought of is not allowed.
    private mutating func checkCharacters(_ text: String) {
        var before: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { before = scalar }
            if scalar.properties.numericType != nil {
                violations.append(.digit(String(scalar)))
            } else if !Self.isLatin(scalar), !Self.isCyrillic(scalar), !Self.punctuation.contains(scalar) {
                violations.append(.character("U+" + String(scalar.value, radix: 16, uppercase: true)))
            }
            // A full stop inside a word makes a domain.
            if before == ".", Self.isLatin(scalar) || Self.isCyrillic(scalar) { violations.append(.link) }
        }
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    private static func isCyrillic(_ scalar: Unicode.Scalar) -> Bool {
        ("а"..."я").contains(scalar) || ("А"..."Я").contains(scalar) || scalar == "ё" || scalar == "Ё"
    }

    // MARK: Words

    private static func words(of text: String) -> [String] {
        text.split { !$0.isLetter && $0 != "'" && $0 != "’" }.map(String.init)
    }

    private static let quotes = ["usdt", "usdc", "busd", "fdusd", "usd"]
    private static let links = ["http", "https", "www"]

    private mutating func checkSpelling(_ words: [String]) {
        for word in words {
            let letters = word.unicodeScalars.filter { Self.isLatin($0) || Self.isCyrillic($0) }
            if letters.contains(where: Self.isLatin), letters.contains(where: Self.isCyrillic) {
                violations.append(.mixedAlphabets)
            }
            // Abbreviations are tickers, models or Roman numbers; the facts have all names that are needed.
            let isAbbreviation = letters.count > 1 && letters.dropFirst().contains { $0.properties.isUppercase }
            let lower = word.lowercased()
            if isAbbreviation || Self.quotes.contains(where: { lower.hasSuffix($0) }) {
                violations.append(.symbol(word))
            }
            if Self.links.contains(lower) { violations.append(.link) }
        }
    }

    private mutating func check(_ words: [String], by lexicon: Lexicon, _ placed: [FactValue]) {
        var hasDirection = false
        for word in words {
            if lexicon.isNumber(word) { violations.append(.numberWord(word)) }
            if lexicon.isAdvice(word) { violations.append(.advice(word)) }
            if lexicon.coins.contains(word) { violations.append(.symbol(word)) }
            guard let (topic, sign) = lexicon.direction(word) else { continue }
            hasDirection = true
            let spokenOf = placed.filter { $0.topic == topic }
            if spokenOf.isEmpty || spokenOf.contains(where: { $0.sign != sign }) { violations.append(.direction(word)) }
        }
        if hasDirection, let word = words.first(where: lexicon.isNegation) { violations.append(.negation(word)) }
    }
}
