import Analyst
import ArgumentParser
import ControlPlane
import Foundation
import Logging
import Policies
import Store

/// Why a trade ended as it did.
struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a trade lost: cause, split of the result, the strongest facts.",
        discussion:
            "The service may be running. What is found is stored, so that it can be read when the policy is gone.")

    @OptionGroup var state: StateOptions

    @Argument(help: "The number of the trade, for example 42.")
    var trade: Int64

    @Option(help: "en or ru; without it telegram.language of the configuration.")
    var language: String?

    @Flag(help: "All of the evidence, not only the strongest facts.")
    var details = false

    @Flag(name: .customLong("no-llm"), help: "Answer by rule alone.")
    var rulesOnly = false

    @Flag(help: "Print one JSON object as the last line.")
    var json = false

    func run() async throws {
        let settings = try state.settings()
        let name = language ?? (settings.telegram.language == .ru ? "ru" : "en")
        guard let language = AnswerLanguage(rawValue: name) else {
            throw CommandError("--language is \(name), but en and ru are possible.")
        }
        let secrets = try state.secrets()
        let configuration = try Assembly(settings: settings, folder: state.folder).configuration(secrets)
        guard trade > 0, let store = try state.existingStore() else { throw unknown }
        let (_, logger) = try state.quiet().logging(secrets)
        let analyst = TradeAnalyst(
            store: store, registry: try PolicyRegistry(folder: configuration.policiesFolder),
            charts: configuration.chartsFolder, logger: logger)
        guard let analysis = try await analyst.analysis(of: trade) else { throw unknown }
        let text = analysis.text(in: language)
        print(text.plain)
        if details {
            print()
            for item in RuleText.details(analysis.evidence, in: language) {
                print("\(item.id) \(item.name): \(item.text)")
            }
        }
        let worded = rulesOnly ? nil : await words(analysis, configuration, store, language, logger)
        if json {
            let explanation =
                worded.map { TradeExplanation(analysis, text: $0.text, source: $0.model) }
                ?? TradeExplanation(analysis, in: language)
            print(try JSON.text(explanation))
        }
    }

    /// What a model makes of it, printed below the answer by rule; nil when there is none or it cannot.
    private func words(
        _ analysis: TradeAnalysis, _ configuration: ControlConfiguration, _ store: Store, _ language: AnswerLanguage,
        _ logger: Logger
    ) async -> (text: String, model: String)? {
        let services = LanguageServices(configuration.language, store: store, logger: logger)
        guard let services, services.canWord else { return nil }
        let explanation = await services.narrator.explain(analysis, in: language)
        await services.server?.stop(holds: true)
        switch explanation.outcome {
        case .worded(let sentences, _):
            let text = sentences.map(\.text).joined(separator: "\n")
            print("\n\(text)\n– \(explanation.model), every figure from the facts above")
            return (text, explanation.model)
        case .rejected(let count):
            FileHandle.standardError.write(
                Data("The model's words were rejected (\(count) rule(s) broken); the answer above stands.\n".utf8))
        case .failed(let error):
            FileHandle.standardError.write(Data("No words: \(error). The answer above stands.\n".utf8))
        }
        return nil
    }

    private var unknown: CommandError {
        CommandError("there is no trade \(trade) in \(state.dataDir); “/trades” in the chat lists the latest.")
    }
}
