import BotText
import ControlPlane
import Foundation
import Store
import Telegram

/// A command as a value: what it is called, who may use it, whether it changes anything, and how it answers.
public struct Command: Sendable {
    /// Whether an order changes something. Only such orders are audited, deduplicated with their effect, and held back when
    /// they are old.
    public enum Kind: Sendable {
        case asks
        case orders
    }

    /// The face of a command, as `bot/commands.json` tells it.
    public struct Form: Decodable, Sendable {
        public let name: String
        /// `none`, `viewer`, `operator` or `admin`.
        public let role: String
        public let usage: String
        public let example: String
        public let menu: Bool
        public let en: String
        public let ru: String

        public var needed: Role? { Role(rawValue: role) }
        public func description(in language: Language) -> String { language == .russian ? ru : en }
    }

    let name: String
    let kind: @Sendable (_ arguments: [String]) -> Kind
    /// What takes longer than a transaction should, done before `run`; its result is stored where `run` finds it.
    var prepare: (@Sendable (_ arguments: [String], _ control: ControlPlane, _ say: Phrasebook) async throws -> Void)?
    let run: @Sendable (Invocation) throws -> Outcome

    static func asks(
        _ name: String,
        prepare: (@Sendable (_ arguments: [String], _ control: ControlPlane, _ say: Phrasebook) async throws -> Void)? =
            nil,
        _ run: @escaping @Sendable (Invocation) throws -> Outcome
    ) -> Command {
        Command(name: name, kind: { _ in .asks }, prepare: prepare, run: run)
    }

    static func orders(_ name: String, _ run: @escaping @Sendable (Invocation) throws -> Outcome) -> Command {
        Command(name: name, kind: { _ in .orders }, run: run)
    }

    /// Asks when called alone, orders when it has arguments.
    static func asksOrOrders(_ name: String, _ run: @escaping @Sendable (Invocation) throws -> Outcome) -> Command {
        Command(name: name, kind: { $0.isEmpty ? .asks : .orders }, run: run)
    }
}

/// One use of a command, within one transaction.
struct Invocation {
    let arguments: [String]
    /// True when the person has seen what the order will do and pressed the button.
    let isConfirmed: Bool
    let user: UserRecord
    let chat: Int64
    let control: ControlPlane
    let transaction: Transaction
    let say: Phrasebook
    let zone: TimeZone
    let now: Date
    let form: Command.Form

    var actor: String { "\(user.name) (\(user.id))" }

    /// The `index`-th argument as a whole number within `range`; nil when absent.
    func number(_ index: Int, in range: ClosedRange<Int>) throws -> Int? {
        guard arguments.indices.contains(index) else { return nil }
        let text = arguments[index]
        let digits = text.hasPrefix("v") ? String(text.dropFirst()) : text
        guard
            let value = Int(digits.replacing("RL-Agent-v", with: "").replacing("_", with: "").replacing(",", with: "")),
            range.contains(value)
        else { throw BadArgument.number(text, range) }
        return value
    }

    func requiredNumber(_ index: Int, in range: ClosedRange<Int> = 1...Int(Int32.max)) throws -> Int {
        guard let value = try number(index, in: range) else { throw BadArgument.missing }
        return value
    }
}

/// What came of a command.
struct Outcome {
    var answer: Answer
    /// One line for the audit.
    var audit: String
    /// What to do once the transaction has landed.
    var afterwards: (@Sendable (ControlPlane) -> Void)?

    init(_ answer: Answer, audit: String = "done", afterwards: (@Sendable (ControlPlane) -> Void)? = nil) {
        self.answer = answer
        self.audit = audit
        self.afterwards = afterwards
    }

    init(_ lines: [[Inline]], audit: String = "done", afterwards: (@Sendable (ControlPlane) -> Void)? = nil) {
        self.init(Answer(lines), audit: audit, afterwards: afterwards)
    }
}

/// An argument that cannot be meant; answered with the right form and an example.
enum BadArgument: Error, CustomStringConvertible {
    case missing
    case number(String, ClosedRange<Int>)
    case word(String)

    var description: String {
        switch self {
        case .missing: "something is missing"
        case .number(let text, let range):
            "“\(text.prefix(40))” is not a whole number from \(Figures.count(range.lowerBound)) to \(Figures.count(range.upperBound))"
        case .word(let text): "“\(text.prefix(40))” is not understood here"
        }
    }
}

/// All commands with their faces.
public struct CommandList: Sendable {
    public let forms: [Command.Form]
    private let commands: [String: Command]

    public static let shared = CommandList()

    init() {
        // Built in and checked by a test.
        forms = (try? JSONDecoder().decode([Command.Form].self, from: Data(BotText.commands))) ?? []
        let all =
            statusCommands + cycleCommands + policyCommands + tradeCommands + strategyCommands + ensembleCommands
            + mistralCommands + accessCommands + careCommands
        commands = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }

    func command(_ name: String) -> (command: Command, form: Command.Form)? {
        guard let command = commands[name], let form = forms.first(where: { $0.name == name }) else { return nil }
        return (command, form)
    }

    package var implementedNames: Set<String> { Set(commands.keys) }

    /// The command whose name is nearest, if any is near enough to be meant (edit distance ≤ 2).
    func nearest(to name: String) -> String? {
        forms.map { ($0.name, editDistance($0.name, name)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
    }
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (Damerau's distance, restricted).
func editDistance(_ a: String, _ b: String) -> Int {
    let left = Array(a.utf8.prefix(32))
    let right = Array(b.utf8.prefix(32))
    var rows = [Array(0...right.count)]
    for i in 1...max(1, left.count) where i <= left.count {
        var row = [i]
        for j in 1...max(1, right.count) where j <= right.count {
            let isSame = left[i - 1] == right[j - 1]
            var best = min(rows[i - 1][j - 1] + (isSame ? 0 : 1), row[j - 1] + 1, rows[i - 1][j] + 1)
            if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                best = min(best, rows[i - 2][j - 2] + 1)
            }
            row.append(best)
        }
        rows.append(row)
    }
    return rows[left.count][right.count]
}
