/// One item of evidence as it is worded: each of its values with its name and its figure in the reader's language.
public struct Fact: Sendable, Hashable {
    /// `E2`; what sentences cite.
    public var id: String
    public var about: String
    public var values: [FactValue]

    public init(id: String, about: String, values: [FactValue]) {
        self.id = id
        self.about = about
        self.values = values
    }
}

/// A value that a placeholder `{E2.fees}` stands for.
public struct FactValue: Sendable, Hashable {
    /// Which words of direction speak about it.
    public enum Topic: Sendable, Hashable, CaseIterable {
        /// rose, fell
        case price
        /// profit, loss
        case outcome
        /// long, short
        case side
    }

    /// As in the placeholder: `fees`.
    public var name: String
    /// In the reader's language: `fees`, `комиссии`.
    public var label: String
    /// `−0.20%`
    public var figure: String
    public var topic: Topic?
    /// −1, 0 or 1; for a side, long is 1.
    public var sign: Int

    public init(name: String, label: String, figure: String, topic: Topic? = nil, sign: Int = 0) {
        self.name = name
        self.label = label
        self.figure = figure
        self.topic = topic
        self.sign = sign
    }

    /// What stands in the sentence: a figure never comes without its name, so it cannot be taken for another.
    public var shown: String { label.isEmpty ? figure : "\(label) \(figure)" }
}
