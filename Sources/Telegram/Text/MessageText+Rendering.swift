extension MessageText {
    /// Text and entities of one to three messages, numbered `[1/3]` when there are several; beyond that a file with a
    /// short lead.
    ///
    /// - Parameters:
    ///   - limit: UTF-16 units a message may have.
    ///   - fileName: of the file, should it come to that.
    public func render(limit: Int = TextLimits.message, fileName: String = "message.txt") -> RenderedText {
        let blocks = blocks.map(Fragment.init)
        if let single = Self.single(blocks, limit: limit) {
            return RenderedText(parts: single.length == 0 ? [] : [single.part])
        }
        let numberLength = Self.number(1, of: TextLimits.parts).utf16.count
        let parts = Self.pack(blocks, limit: limit - numberLength)
        guard parts.count <= TextLimits.parts else {
            return RenderedText(
                parts: [Self.beginning(of: blocks, limit: min(limit, TextLimits.caption)).part],
                file: .text(fileName, plain + "\n"))
        }
        return RenderedText(
            parts: parts.enumerated().map { index, part in
                var numbered = Fragment()
                numbered.append(Self.number(index + 1, of: parts.count))
                numbered.append(part)
                return numbered.part
            })
    }

    /// One message, whatever happens: what does not fit is left out and an ellipsis stands in its place. For edits and
    /// captions.
    public func renderSingle(limit: Int = TextLimits.message) -> RenderedPart {
        let blocks = blocks.map(Fragment.init)
        return (Self.single(blocks, limit: limit) ?? Self.beginning(of: blocks, limit: limit)).part
    }

    /// The whole text as one message, or nil when it does not fit.
    public func renderWhole(limit: Int) -> RenderedPart? { Self.single(blocks.map(Fragment.init), limit: limit)?.part }

    private static func number(_ index: Int, of count: Int) -> String { "[\(index)/\(count)]\n" }

    private static func joined(_ blocks: [Fragment]) -> Fragment {
        var whole = Fragment()
        for (index, block) in blocks.enumerated() {
            if index > 0 { whole.append("\n") }
            whole.append(block)
        }
        return whole.trimmed()
    }

    private static func single(_ blocks: [Fragment], limit: Int) -> Fragment? {
        let whole = joined(blocks)
        return whole.fits(limit) ? whole : nil
    }

    /// As few parts as go, each as many whole blocks as fit; only a block too large for one part is cut.
    private static func pack(_ blocks: [Fragment], limit: Int) -> [Fragment] {
        var parts: [Fragment] = []
        var current: Fragment?
        for block in blocks.flatMap({ pieces($0, limit: limit) }) {
            if var candidate = current {
                candidate.append("\n")
                candidate.append(block)
                if candidate.fits(limit) {
                    current = candidate
                    continue
                }
                parts.append(candidate[0..<candidate.length - block.length - 1].trimmed())
            }
            current = block
        }
        if let current { parts.append(current.trimmed()) }
        return parts.filter { $0.length > 0 }
    }

    private static func pieces(_ block: Fragment, limit: Int) -> [Fragment] {
        var pieces: [Fragment] = []
        var rest = block
        while !rest.fits(limit), rest.length > 0 {
            let (head, tail) = rest.split(at: limit)
            pieces.append(head)
            rest = tail
        }
        return pieces + [rest]
    }

    private static func beginning(of blocks: [Fragment], limit: Int) -> Fragment {
        var lead = pack(blocks, limit: limit - 2).first ?? Fragment()
        lead.append("\n…")
        return lead
    }
}
