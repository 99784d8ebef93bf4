/// A run of text with entities, in UTF-16 units as the server counts.
struct Fragment: Sendable {
    var units: [UInt16] = []
    /// Sorted by offset, outer before inner.
    var entities: [MessageEntity] = []

    var length: Int { units.count }

    mutating func append(_ other: Fragment) {
        for var entity in other.entities {
            entity.offset += length
            entities.append(entity)
        }
        units += other.units
    }

    mutating func append(_ text: String) { units += text.utf16 }

    func fits(_ limit: Int) -> Bool { length <= limit && entities.count <= TextLimits.entities }

    /// The part between two positions, with what of the entities lies in it.
    subscript(range: Range<Int>) -> Fragment {
        Fragment(
            units: Array(units[range]),
            entities: entities.compactMap { entity in
                let start = max(entity.offset, range.lowerBound)
                let end = min(entity.end, range.upperBound)
                guard start < end else { return nil }
                var clipped = entity
                clipped.offset = start - range.lowerBound
                clipped.length = end - start
                return clipped
            })
    }

    /// As the server would store it: the text neither begins nor ends with white space, and no entity begins with it or
    /// consists of it; only monospace blocks keep their indent. Doing it here keeps what is shown and what was meant the
    /// same.
    func trimmed() -> Fragment {
        var trimmed = self
        trimmed.entities = entities.compactMap { entity in
            if entity.kind == .pre { return entity }
            var entity = entity
            while entity.length > 0, Self.isBlank(units[entity.offset]) {
                entity.offset += 1
                entity.length -= 1
            }
            return entity.length > 0 ? entity : nil
        }
        guard let visible = units.firstIndex(where: { !Self.isBlank($0) }),
            let last = units.lastIndex(where: { !Self.isBlank($0) })
        else { return Fragment() }
        let first = min(visible, trimmed.entities.first?.offset ?? visible)
        return trimmed[first..<last + 1]
    }

    /// Cuts off at most `limit` units (and as many entities as one message may have): after a line if one ends in the
    /// last three quarters, else after a word, else between characters. The white space at the cut is dropped.
    func split(at limit: Int) -> (head: Fragment, tail: Fragment) {
        let cut = cut(limit)
        var next = cut
        if next < length, Self.isBlank(units[next]) { next += 1 }
        return (self[0..<cut], self[next..<length])
    }

    private func cut(_ limit: Int) -> Int {
        var limit = min(limit, length)
        if entities.count > TextLimits.entities {
            let excess = entities[TextLimits.entities].offset
            if excess > 0 { limit = min(limit, excess) }
        }
        guard limit < length else { return limit }
        let window = units[limit / 4...limit]
        if let line = window.lastIndex(of: Self.newline) { return line }
        if let word = window.lastIndex(of: Self.space) { return word }
        return TextLimits.prefix(String(decoding: units, as: UTF16.self), utf16: limit).utf16.count
    }

    var part: RenderedPart {
        RenderedPart(
            String(decoding: units, as: UTF16.self), entities: Array(entities.prefix(TextLimits.entities)))
    }

    private static let space: UInt16 = 0x20
    private static let newline: UInt16 = 0x0A

    private static func isBlank(_ unit: UInt16) -> Bool { unit == space || unit == newline }
}
