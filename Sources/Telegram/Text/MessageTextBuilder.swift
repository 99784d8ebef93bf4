/// Blocks one below the other; a plain string is a line, a whole ``MessageText`` is spliced in.
@resultBuilder
public enum MessageTextBuilder {
    public static func buildExpression(_ block: Block) -> MessageText { MessageText([block]) }
    public static func buildExpression(_ line: String) -> MessageText { MessageText(plain: line) }
    public static func buildExpression(_ text: MessageText) -> MessageText { text }
    public static func buildExpression(_ blocks: [Block]) -> MessageText { MessageText(blocks) }
    public static func buildBlock(_ parts: MessageText...) -> MessageText { buildArray(parts) }
    public static func buildOptional(_ part: MessageText?) -> MessageText { part ?? MessageText() }
    public static func buildEither(first part: MessageText) -> MessageText { part }
    public static func buildEither(second part: MessageText) -> MessageText { part }
    public static func buildArray(_ parts: [MessageText]) -> MessageText { MessageText(parts.flatMap(\.blocks)) }
}
