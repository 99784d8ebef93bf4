import ControlPlane
import Foundation
import LanguageModels
import Settings

extension Assembly {
    /// The language models that are set up.
    func language(_ secrets: Secrets) -> LanguagePlan {
        var plan = LanguagePlan(localDeadline: .seconds(settings.llm.localTimeout))
        if settings.llm.local {
            let server = settings.mistralServer
            plan.local = LocalServerSettings(
                command: server.serverCommand, modelPath: server.modelPath, port: server.port,
                startupTimeout: .seconds(server.startupTimeout), healthInterval: .seconds(server.healthCheckInterval),
                context: server.contextTokens,
                idleStop: server.idleStopMinutes == 0 ? nil : .seconds(60 * server.idleStopMinutes),
                pidFile: folder.appendingPathComponent("mistral-server.json").path)
        }
        plan.remote = remoteModel(secrets)
        return plan
    }

    private func remoteModel(_ secrets: Secrets) -> LanguagePlan.Remote? {
        let remote = settings.llm.remote
        let (provider, key): (Endpoint.Provider, Secret?)
        switch remote.provider {
        case .none: return nil
        case .openai: (provider, key) = (.openAI, secrets.openaiAPIKey)
        case .mistral: (provider, key) = (.mistral, secrets.mistralAPIKey)
        case .anthropic: (provider, key) = (.anthropic, secrets.anthropicAPIKey)
        case .compatible: (provider, key) = (.compatible, secrets.openaiAPIKey)
        }
        let endpoint = Endpoint(
            provider: provider, baseURL: remote.baseURL.isEmpty ? nil : remote.baseURL, model: remote.model,
            key: key.map { APIKey($0.reveal()) })
        let limit = SpendingLimit(
            tokens: remote.dailyTokens == 0 ? nil : remote.dailyTokens,
            dollars: remote.dailyUSD == 0 ? nil : remote.dailyUSD, inputPrice: remote.inputPrice,
            outputPrice: remote.outputPrice)
        return .init(endpoint, limit: limit, deadline: .seconds(remote.timeout))
    }
}
