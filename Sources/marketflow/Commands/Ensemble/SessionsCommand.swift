import ArgumentParser
import ControlBot
import ControlPlane
import Ensemble
import Foundation
import Policies
import Settings
import Store

/// Win-rate sessions: looking at them, carrying them, going back.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Win-rate sessions: list, show, compare, report, export, import, roll back.",
        subcommands: [
            SessionsList.self, SessionsShow.self, SessionsCompare.self, SessionsReport.self, SessionsExport.self,
            SessionsImport.self, SessionsRollback.self,
        ])
}

extension StateOptions {
    /// The database, for commands that make no sense without one.
    func sessionStore() throws -> Store {
        guard let store = try existingStore() else {
            throw CommandError("there are no sessions in \(dataDir) yet; “marketflow winrate” makes the first.")
        }
        return store
    }

    func summary(of session: Int64, in store: Store) throws -> SessionSummary {
        guard let text = try store.read({ try $0.session(session)?.result }) else {
            throw CommandError(
                "there is no session \(session) with a result; “marketflow sessions list” shows what there is.")
        }
        return try JSON.value(text)
    }
}

struct SessionsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All sessions, newest first.")

    @OptionGroup var state: StateOptions

    func run() throws {
        for record in try state.sessionStore().read({ try $0.sessions(limit: 1000) }) {
            let summary = try record.result.map { try JSON.value($0, as: SessionSummary.self) }
            let figures = summary.map {
                ", \($0.figures.trades) trades, won \(Figures.percent($0.figures.winRate)), \($0.figures.verdict.rawValue)"
            }
            print("\(record.id)  \(UTC.text(record.createdAt.milliseconds))  \(record.state.rawValue)\(figures ?? "")")
        }
    }
}

struct SessionsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A session's figures as one JSON object, iteration by iteration.")

    @OptionGroup var state: StateOptions

    @Argument(help: "Its number.")
    var session: Int64

    func run() throws {
        let store = try state.sessionStore()
        let summary = try state.summary(of: session, in: store)
        let iterations = try store.read { try $0.iterations(of: session) }.map(\.result)
        print("{\"summary\":\(try JSON.text(summary)),\"iterations\":[\(iterations.joined(separator: ","))]}")
    }
}

struct SessionsCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "What changed from one session to another, with intervals.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The earlier one.")
    var before: Int64

    @Argument(help: "The later one.")
    var after: Int64

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() throws {
        let store = try state.sessionStore()
        let comparison = SessionComparison(
            (before, try state.summary(of: before, in: store)), (after, try state.summary(of: after, in: store)))
        func line(_ name: String, _ one: SessionComparison.Difference) -> String {
            "\(name) \(Figures.percent(one.value, signed: true)) (95 %: \(Figures.percent(one.low, signed: true)) to \(Figures.percent(one.high, signed: true)))\(one.isProven ? "" : ", not proven")"
        }
        print(line("mean net result of a trade", comparison.expectancy))
        print(line("win rate                  ", comparison.winRate))
        if json { print(try JSON.text(comparison)) }
    }
}

struct SessionsReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a session's report and pictures anew, in both languages.")

    @OptionGroup var state: StateOptions

    @Argument(help: "Its number.")
    var session: Int64

    func run() throws {
        let store = try state.sessionStore()
        _ = try state.summary(of: session, in: store)
        let configuration = try Assembly(settings: state.settings(), folder: state.folder).configuration()
        let writer = SessionReportWriter(configuration: configuration, store: store)
        guard let files = try writer.write(session) else {
            throw CommandError("session \(session) has no stored iteration; nothing was written.")
        }
        print("\(files.html.path)\n\(files.page.path)")
    }
}

struct SessionsExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a finished session with all its trades and weight changes as one JSON file.")

    @OptionGroup var state: StateOptions

    @Argument(help: "Its number.")
    var session: Int64

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    func run() throws {
        let store = try state.sessionStore()
        guard let archive = try store.read({ try SessionArchive(session, in: $0) }) else {
            throw CommandError("there is no finished session \(session); nothing was written.")
        }
        try DurableFile.write(Data(try JSON.text(archive).utf8), to: URL(fileURLWithPath: out))
        print("Session \(session) with \(archive.trades.count) trades written to \(out).")
    }
}

struct SessionsImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in a session that was exported elsewhere; the weights in use stay.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandError("\(file) cannot be read; nothing was stored.")
        }
        let archive = try SessionArchive(decoding: data)
        let lock = try InstanceLock(folder: try state.madeFolder())
        defer { withExtendedLifetime(lock) {} }
        let id = try state.store().write { try archive.store(in: $0) }
        print("Stored as session \(id) with \(archive.trades.count) trades.")
    }
}

struct SessionsRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Give the ensemble back the weights of an earlier snapshot; without a number, list them.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The snapshot.")
    var snapshot: Int64?

    func run() async throws {
        let store = try state.sessionStore()
        guard let snapshot else {
            for row in try store.read({ try $0.snapshots(limit: 100) }) {
                let weights = try JSON.value(row.weights, as: EnsembleWeights.self).table
                let list = weights.filter { $0.value > 0 }.sorted { $0.key < $1.key }
                    .map { "\($0.key) \(Figures.percent($0.value))" }
                print("\(row.id)  \(UTC.text(row.at.milliseconds))  \(row.reason): \(list.joined(separator: ", "))")
            }
            return
        }
        let (tail, logger) = try state.quiet().logging(try state.secrets())
        let (folder, lock) = try state.lockedFolder()
        defer { withExtendedLifetime(lock) {} }
        let control = try Assembly(settings: state.settings(), folder: folder).controlPlane(tail: tail, logger: logger)
        let reason = "back to snapshot \(snapshot) by command line"
        let changed = try await control.store.write { transaction in
            guard let row = try transaction.snapshot(snapshot) else {
                throw CommandError("there is no snapshot \(snapshot); nothing was changed.")
            }
            let earlier = try JSON.value(row.weights, as: EnsembleWeights.self)
            let changed = try control.ensemble.change(transaction, reason: reason) {
                $0.restore(earlier, reason: reason)
            }
            try transaction.appendAudit(
                at: control.now(), user: nil, chat: nil, actor: "command line", command: "sessions rollback",
                arguments: "\(snapshot)", outcome: reason, digest: { sha256(Foundation.Data($0.utf8)) })
            return changed
        }
        for member in changed.members where member.weight > 0 {
            print("\(member.name) \(Figures.percent(member.weight))")
        }
    }
}
