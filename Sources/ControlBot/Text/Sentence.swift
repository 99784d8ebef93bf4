import Telegram

/// A sentence of the phrasebook, its markup and placeholders read.
struct Sentence: Sendable, Equatable {
    private enum Style { case text, bold, code }
    private enum Piece: Equatable {
        case literal(String)
        case placeholder(String)
    }
    private struct Run: Equatable {
        let style: Style
        let pieces: [Piece]
    }

    private let runs: [Run]

    init(_ text: String) {
        var runs: [Run] = []
        func add(_ part: Substring, _ style: Style) {
            if !part.isEmpty { runs.append(Run(style: style, pieces: Self.pieces(of: part))) }
        }
        var rest = text[...]
        while let mark = Self.firstMark(in: rest),
            let end = rest[mark.range.upperBound...].firstRange(of: mark.style == .bold ? "**" : "`")
        {
            add(rest[..<mark.range.lowerBound], .text)
            add(rest[mark.range.upperBound..<end.lowerBound], mark.style)
            rest = rest[end.upperBound...]
        }
        add(rest, .text)
        self.runs = runs
    }

    /// Runs that come out empty are left out.
    func filled(with values: KeyValuePairs<String, String>) -> [Inline] {
        runs.compactMap { run in
            let text = Self.fill(run.pieces, values)
            guard !text.isEmpty else { return nil }
            switch run.style {
            case .text: return .text(text)
            case .bold: return .bold(text)
            case .code: return .code(text)
            }
        }
    }

    func plain(with values: KeyValuePairs<String, String>) -> String {
        runs.reduce(into: "") { $0 += Self.fill($1.pieces, values) }
    }

    private static func firstMark(in text: Substring) -> (range: Range<String.Index>, style: Style)? {
        let bold = text.firstRange(of: "**").map { (range: $0, style: Style.bold) }
        let code = text.firstRange(of: "`").map { (range: $0, style: Style.code) }
        guard let bold, let code else { return bold ?? code }
        return bold.range.lowerBound < code.range.lowerBound ? bold : code
    }

    private static func pieces(of text: Substring) -> [Piece] {
        var result: [Piece] = []
        var rest = text
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { result.append(.literal(String(rest[..<open]))) }
            result.append(.placeholder(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { result.append(.literal(String(rest))) }
        return result
    }

    /// A placeholder without a value stays as it is written, so that the mistake shows.
    private static func fill(_ pieces: [Piece], _ values: KeyValuePairs<String, String>) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .literal(let literal): text += literal
            case .placeholder(let name): text += values.last { $0.key == name }?.value ?? "{\(name)}"
            }
        }
    }
}
