/// Settings in the making: values are put over one another, and what is wrong is collected.
struct Assembly {
    private var settings = Settings()
    private var complaints: [String] = []

    /// Where a value stands, in words that open a complaint.
    private struct Origin {
        let source: Settings.Source
        let place: String
    }

    private static let keys = Dictionary(uniqueKeysWithValues: Settings.keys.map { ($0.path, $0) })
    private static let sections = Set(Settings.sections.map(\.name))

    consuming func finish() throws(SettingsError) -> Settings {
        if complaints.isEmpty { complaints = settings.contradictions() }
        if !complaints.isEmpty { throw .refused(Assembly.shortened(complaints)) }
        return settings
    }

    private static func shortened(_ complaints: [String]) -> [String] {
        let limit = 20
        guard complaints.count > limit else { return complaints }
        return complaints.prefix(limit) + ["And \(complaints.count - limit) more."]
    }
}

// MARK: - The file

extension Assembly {
    mutating func apply(_ json: JSON, from file: String, bytes: [UInt8]) {
        let origin = { (offset: Int?) in
            let position = TextPosition(of: offset ?? 0, in: bytes)
            return Origin(source: .file, place: "\(file):\(position.line):\(position.column)")
        }
        guard case .object(let members) = json.value else {
            return complain(origin(json.offset), "the configuration is an object, { … }, not \(json.shown).")
        }
        apply(members, under: "", origin: origin)
    }

    private mutating func apply(_ members: [JSON.Member], under prefix: String, origin: (Int?) -> Origin) {
        // Hopeless input is not searched to its end: every complaint looks for its line.
        for member in members where complaints.count < 100 {
            let path = prefix + member.name
            if Assembly.sections.contains(path) {
                guard case .object(let inner) = member.value.value else {
                    complain(origin(member.value.offset), "\(path) is a section, { … }, not \(member.value.shown).")
                    continue
                }
                apply(inner, under: path + ".", origin: origin)
            } else if let secret = SecretName.named(by: path, value: member.value) {
                complain(origin(member.offset), secret.refusal(of: path))
            } else if let key = Assembly.keys[path] {
                set(key, to: member.value, origin: origin)
            } else {
                complain(origin(member.offset), Assembly.unknown(path))
            }
        }
    }
}

// MARK: - The environment and the command line

extension Assembly {
    mutating func apply(environment: [String: String]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Settings.environmentPrefix) && !Assembly.isServiceLink(name) {
            let origin = Origin(source: .environment, place: "Environment variable \(name)")
            let path = name.dropFirst(Settings.environmentPrefix.count).lowercased()
            if let secret = SecretName.named(by: path, value: JSON(.string(value))) {
                complain(origin, secret.refusal(of: "it"))
            } else if let (key, entry) = Assembly.key(matching: name, separator: "_", spelling: \.environmentName) {
                set(key, to: key.json(from: value, entry: entry?.lowercased()), origin: { _ in origin })
            } else {
                let suggestion = Nearest.match(name, among: Settings.keys.map(\.environmentName))
                complain(origin, "there is no such setting" + Assembly.question(suggestion))
            }
        }
    }

    /// Kubernetes sets these in every pod beside a service that is called `marketflow`.
    private static func isServiceLink(_ name: String) -> Bool {
        let rest = name.dropFirst(Settings.environmentPrefix.count)
        return rest == "PORT" || rest.hasPrefix("PORT_") || rest.hasPrefix("SERVICE_HOST")
            || rest.hasPrefix("SERVICE_PORT")
    }

    mutating func apply(overrides: [String]) {
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            // A token that stands where the key should is not repeated.
            let isShowable = SecretName.named(by: "", value: JSON(.string(text))) == nil
            let origin = Origin(source: .commandLine, place: isShowable ? "--set \(parts[0])" : "--set")
            guard parts.count == 2, !parts[0].isEmpty else {
                complain(origin, "write key=value, as in --set training.steps=20000.")
                continue
            }
            let value = JSON(.string(parts[1]))
            if let secret = SecretName.named(by: parts[0], value: value) {
                complain(origin, secret.refusal(of: "it"))
            } else if let (key, entry) = Assembly.key(matching: parts[0], separator: ".", spelling: \.path) {
                set(key, to: key.json(from: parts[1], entry: entry), origin: { _ in origin })
            } else {
                complain(origin, Assembly.unknown(parts[0]))
            }
        }
    }

    /// The key of this name, or the key one of whose entries it names.
    private static func key(
        matching name: String, separator: String, spelling: (Key) -> String
    ) -> (key: Key, entry: String?)? {
        for key in Settings.keys {
            let own = spelling(key)
            if name == own { return (key, nil) }
            if key.hasEntries, name.hasPrefix(own + separator) { return (key, String(name.dropFirst(own.count + 1))) }
        }
        return nil
    }
}

// MARK: - One value

extension Assembly {
    private mutating func set(_ key: Key, to json: JSON, origin: (Int?) -> Origin) {
        do {
            try key.set(json, in: &settings)
            settings.sources[key.path] = origin(json.offset).source
        } catch {
            let place = origin(error.found.offset ?? json.offset)
            complain(place, "\(key.path)\(error.part) is \(error.found.shown); allowed is \(key.allowed).")
        }
    }

    private mutating func complain(_ origin: Origin, _ sentence: String) {
        complaints.append("\(origin.place): \(sentence)")
    }

    private static func unknown(_ path: String) -> String {
        let shown = JSON(.string(path)).shown
        if let suggestion = Nearest.match(path, among: Settings.keys.map(\.path) + sections) {
            return "there is no setting \(shown)" + question(suggestion)
        }
        let section = String(path.prefix { $0 != "." })
        if let known = Settings.sections.first(where: { $0.name == section }) {
            let names = known.keys.map { $0.path.dropFirst(section.count + 1) }.joined(separator: ", ")
            return "there is no setting \(shown); \(section) has \(names)."
        }
        return
            "there is no setting \(shown); the sections are \(Settings.sections.map(\.name).joined(separator: ", "))."
    }

    private static func question(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \($0)?" } ?? "."
    }
}

extension JSON {
    /// The value as a complaint quotes it: on one line and not at length.
    var shown: String {
        let text = literal
        return text.count <= 60 ? text : text.prefix(57) + "…"
    }
}
