/// Whole numbers in digits or in words, English and Russian, below a million.
enum NumberWords {
    /// The numbers among `words`, each run of number words being one.
    static func numbers(in words: [String]) -> [Int] {
        var found: [Int] = []
        var reading = Reading()
        for word in words + [""] {
            if reading.take(word) { continue }
            if let number = reading.value { found.append(number) }
            reading = Reading()
            if let digits = Int(word) { found.append(digits) } else { _ = reading.take(word) }
        }
        return found
    }

    /// A run of number words being read: “four hundred and twelve”, «тысяча двести».
    private struct Reading {
        private var total = 0
        private var group = 0
        /// What the last word counted: the next must be smaller.
        private var last = Int.max
        private var hasBegun = false

        var value: Int? { hasBegun ? total + group : nil }

        /// - Returns: false when the word does not go on with the number.
        mutating func take(_ word: String) -> Bool {
            if word == "and", hasBegun { return true }
            if let unit = NumberWords.units[word] {
                let size = unit >= 100 ? 100 : unit >= 20 ? 10 : 1
                guard size < last || !hasBegun else { return false }
                group += unit
                // After a number below twenty nothing smaller follows.
                last = size == 1 ? 1 : size
                hasBegun = true
                return true
            }
            if word == "hundred", hasBegun, group > 0, group < 10 {
                group *= 100
                last = 100
                return true
            }
            if word == "thousand" || word.hasPrefix("тысяч"), total == 0 {
                total = max(1, group) * 1000
                group = 0
                last = 1000
                hasBegun = true
                return true
            }
            return false
        }
    }

    private static let units: [String: Int] = {
        var table: [String: Int] = [:]
        func add(_ words: String, from first: Int, step: Int = 1) {
            for (index, word) in words.split(separator: " ").enumerated() {
                for form in word.split(separator: "/") { table[String(form)] = first + index * step }
            }
        }
        add("one two three four five six seven eight nine ten", from: 1)
        add("eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", from: 11)
        add("twenty thirty forty fifty sixty seventy eighty ninety", from: 20, step: 10)
        add(
            "один/одна/одну/первая/первую/первой два/две/вторая/вторую три/третья четыре/четвертая/четвертую пять/пятая/пятую шесть/шестая/шестую семь/седьмая/седьмую восемь/восьмая/восьмую девять/девятая/девятую десять/десятая/десятую",
            from: 1)
        add(
            "одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
            from: 11)
        add("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто", from: 20, step: 10)
        add("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот", from: 100, step: 100)
        return table
    }()
}
