import LanguageModels

/// What a model wrote, taken apart but not believed yet.
public struct WordedAnswer: Sendable, Hashable {
    public struct Sentence: Sendable, Hashable {
        public var text: String
        public var evidence: [String]

        public init(text: String, evidence: [String]) {
            self.text = text
            self.evidence = evidence
        }

        init?(_ json: JSONValue) {
            guard let text = json["text"]?.string, let ids = json["evidence"]?.array, json.members?.count == 2 else {
                return nil
            }
            let evidence = ids.compactMap(\.string)
            guard evidence.count == ids.count else { return nil }
            self.init(text: text, evidence: evidence)
        }
    }

    public var sentences: [Sentence]
    /// Whether the facts answer the question.
    public var isAnswered: Bool

    public init(sentences: [Sentence], isAnswered: Bool = true) {
        self.sentences = sentences
        self.isAnswered = isAnswered
    }

    /// Nil for anything but the JSON that was asked for.
    public init?(json text: String) {
        // What is no JSON is no answer.
        guard let json = try? JSONValue(parsing: text.utf8), json.members?.count == 2,
            let isAnswered = json["answered"]?.bool, let listed = json["sentences"]?.array
        else { return nil }
        let sentences = listed.compactMap(Sentence.init)
        guard sentences.count == listed.count else { return nil }
        self.init(sentences: sentences, isAnswered: isAnswered)
    }

    /// As a model would write it.
    public var json: String {
        let list = sentences.map { sentence -> JSONValue in
            ["text": .string(sentence.text), "evidence": .array(sentence.evidence.map(JSONValue.string))]
        }
        return JSONValue.object([.init("sentences", .array(list)), .init("answered", .bool(isAnswered))]).text
    }
}

/// Finds finished sentences in an answer that is still being written.
public struct SentenceScanner: Sendable {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var object: [UInt8] = []

    public init() {}

    /// - Returns: the sentences that `text` completes.
    public mutating func take(_ text: String) -> [WordedAnswer.Sentence] {
        var found: [WordedAnswer.Sentence] = []
        for byte in text.utf8 {
            if depth >= 2 || (byte == UInt8(ascii: "{") && depth == 1 && !isInString) { object.append(byte) }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                guard depth == 1 else { continue }
                // Half an object is none; the whole answer is read again at its end.
                if let json = try? JSONValue(parsing: object), let sentence = WordedAnswer.Sentence(json) {
                    found.append(sentence)
                }
                object.removeAll(keepingCapacity: true)
            default: break
            }
        }
        return found
    }
}
