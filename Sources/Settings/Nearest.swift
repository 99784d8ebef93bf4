/// What somebody who wrote an unknown name most likely meant.
enum Nearest {
    /// The candidate that the fewest typing errors lead from, or nil if none is near.
    ///
    /// A key named without its section, or with a wrong one, counts as near too.
    static func match(_ name: String, among candidates: [String]) -> String? {
        guard name.utf8.count <= 100 else { return nil }
        let last = name.split(separator: ".").last.map(String.init) ?? name
        let scored = candidates.map { candidate in
            let tail = candidate.split(separator: ".").last.map(String.init) ?? candidate
            let whole = distance(name, candidate)
            let part = tail == candidate ? whole : distance(last, tail) + 1
            return (candidate, score: min(whole, part), whole)
        }
        guard let best = scored.min(by: { ($0.score, $0.2, $0.0) < ($1.score, $1.2, $1.0) }) else { return nil }
        return best.score <= max(2, last.count / 3) ? best.0 : nil
    }

    /// Levenshtein distance with swapped neighbours as one error (optimal string alignment), over UTF-8.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.lowercased().utf8)
        let b = Array(right.lowercased().utf8)
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
