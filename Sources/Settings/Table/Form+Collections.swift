extension Form {
    /// An array without repetitions; on the command line its elements stand between commas.
    static func list<Element: Hashable>(
        of element: Form<Element>, count: ClosedRange<Int>
    ) -> Form where Value == [Element] {
        let least = count.lowerBound > 0 ? "at least \(count.lowerBound), " : ""
        return Form(
            allowed: "a list without repetition, \(least)at most \(count.upperBound), each \(element.allowed)",
            decode: { (json) throws(Refusal) in
                guard case .array(let nodes) = json.value, count.contains(nodes.count) else {
                    throw Refusal(found: json)
                }
                var elements: [Element] = []
                var seen: Set<Element> = []
                for (index, node) in nodes.enumerated() {
                    let value = try element.decode(node, as: "[\(index)]")
                    guard seen.insert(value).inserted else { throw Refusal(part: "[\(index)]", found: node) }
                    elements.append(value)
                }
                return elements
            },
            encode: { JSON(.array($0.map(element.encode))) },
            read: { text in
                if text.hasPrefix("[") { return scalar(text) }
                return JSON(.array(text.split(separator: ",").map { element.read(trimmed($0)) }))
            })
    }

    /// An object; naming some of its entries leaves the others as they are.
    static func entries<Name: Hashable, Element>(
        _ allowed: String, named name: Form<Name>, each element: Form<Element>, atMost limit: Int = 64
    ) -> Form where Value == [Name: Element] {
        Form(
            allowed: allowed,
            decode: { (json) throws(Refusal) in
                guard case .object(let members) = json.value, members.count <= limit else { throw Refusal(found: json) }
                var entries: [Name: Element] = [:]
                for member in members {
                    let spelling = JSON(.string(member.name), at: member.offset)
                    let key = try name.decode(spelling, as: ".\(member.name)")
                    entries[key] = try element.decode(member.value, as: ".\(member.name)")
                }
                return entries
            },
            encode: { entries in
                let members = entries.compactMap { (key, value) -> JSON.Member? in
                    guard case .string(let text) = name.encode(key).value else { return nil }
                    return JSON.Member(name: text, value: element.encode(value), offset: nil)
                }
                return JSON(.object(members.sorted { $0.name < $1.name }))
            },
            read: { scalar($0) },
            readEntry: { element.read($0) },
            merge: { old, new in old.merging(new) { _, new in new } })
    }

    private func decode(_ json: JSON, as part: String) throws(Refusal) -> Value {
        do {
            return try decode(json)
        } catch {
            throw Refusal(part: part + error.part, found: error.found)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let tail = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
        return String(tail.reversed())
    }
}
