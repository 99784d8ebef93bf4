/// One row of the table: a key's name, what it may hold and what it means, bound to its place in `Settings`.
struct Key: Sendable {
    /// As written in the file, with dots: `telegram.poll_timeout_seconds`.
    let path: String
    /// A noun phrase: “a whole number from 1 to 50”.
    let allowed: String
    /// One sentence for the person who sets it.
    let meaning: String

    private let reading: @Sendable (String) -> JSON
    private let readingEntry: (@Sendable (String) -> JSON)?
    private let getting: @Sendable (Settings) -> JSON
    private let setting: @Sendable (inout Settings, JSON) throws(Refusal) -> Void

    init<Value>(
        _ path: String, _ place: WritableKeyPath<Settings, Value> & Sendable, _ form: Form<Value>, _ meaning: String
    ) {
        self.path = path
        self.meaning = meaning
        allowed = form.allowed
        reading = form.read
        readingEntry = form.readEntry
        getting = { form.encode($0[keyPath: place]) }
        setting = { (settings, json) throws(Refusal) in
            settings[keyPath: place] = form.merge(settings[keyPath: place], try form.decode(json))
        }
    }

    var environmentName: String { Key.environmentName(path) }

    static func environmentName(_ path: String) -> String {
        Settings.environmentPrefix + path.uppercased().replacing(".", with: "_")
    }

    func value(in settings: Settings) -> JSON { getting(settings) }

    func set(_ json: JSON, in settings: inout Settings) throws(Refusal) { try setting(&settings, json) }

    /// True if the value is an object that is set name by name: `schedule.jobs.retrain`.
    var hasEntries: Bool { readingEntry != nil }

    /// What stands after `--set key=` or in an environment variable; with `entry`, one entry of an object.
    func json(from text: String, entry: String?) -> JSON {
        guard let entry, let readingEntry else { return reading(text) }
        return JSON(.object([JSON.Member(name: entry, value: readingEntry(text), offset: nil)]))
    }
}

/// A value that its key does not allow.
struct Refusal: Error, Sendable {
    /// Which part of the value, `[2]` or `.retrain`; empty if it is the whole.
    var part = ""
    /// What was found there.
    let found: JSON
}

/// The keys of one section of the file, under the sentence that opens its part of the reference.
struct Section: Sendable {
    let name: String
    let meaning: String
    let keys: [Key]
}
