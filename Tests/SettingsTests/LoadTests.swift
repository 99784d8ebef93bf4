import Market
import Settings
import Testing

@Suite("Loading settings")
struct LoadTests {
    @Test("with nothing said, the defaults are in force")
    func defaults() throws {
        let settings = try Settings.load()
        #expect(settings.market.source == .synthetic)
        #expect(settings.market.interval == .fifteenMinutes)
        #expect(settings.telegram.apiBaseURL == "https://api.telegram.org")
        #expect(settings.schedule.jobs == ["retrain": "0 */6 * * *", "ingest": "*/15 * * * *"])
        #expect(settings.training.steps == 50_000)
        #expect(settings.costs == CostModel(feeBps: 10, slippageBps: 2))
        #expect(settings.http.host == "127.0.0.1")
        #expect(settings.http.port == 8090)
        #expect(settings.rows.allSatisfy { $0.source == .default && $0.value == $0.defaultValue })
    }

    @Test("the reinforcement plan's configuration loads unchanged")
    func plan() throws {
        let settings = try Settings.load(file: projectRoot + "/config/reinforcement_config.json")
        #expect(settings.learningParameters.learningRate == 0.01)
        #expect(settings.learningParameters.rewardMultiplier == 1.5)
        #expect(settings.learningParameters.punishmentMultiplier == 0.8)
        #expect(settings.learningParameters.weightDecay == 0.001)
        #expect(settings.learningParameters.minWeight == 0.05)
        #expect(settings.learningParameters.maxWeight == 0.70)
        #expect(settings.testParameters.testPeriodDays == 30)
        #expect(
            settings.testParameters.symbols.map(\.rawValue) == ["SOLUSDT", "ADAUSDT", "BTCUSDT", "ETHUSDT", "BNBUSDT"])
        #expect(settings.testParameters.maxIterations == 10)
        #expect(settings.testParameters.targetWinRate == 0.65)
        #expect(settings.testParameters.minTradesPerSymbol == 5)
        #expect(settings.mistralServer.modelPath == "models/mistral-7b-instruct-v0.1.Q4_K_M.gguf")
        #expect(settings.mistralServer.port == 8080)
        #expect(settings.mistralServer.startupTimeout == 120)
        #expect(settings.mistralServer.healthCheckInterval == 30)
        #expect(settings.database.path == "data/reinforcement_learning.db")
        #expect(settings.database.backupInterval == 3600)
        #expect(settings.database.maxBackupFiles == 10)
        #expect(settings.analytics.plotOutputDir == "plots/reinforcement_learning")
        #expect(settings.analytics.reportOutputDir == "reports/reinforcement_learning")
        #expect(settings.analytics.autoGeneratePlots)
        #expect(settings.analytics.saveIntermediateResults)
        let plan = ["learning_parameters", "test_parameters", "mistral_server", "database", "analytics"]
        let ours = ["server_command", "context_tokens", "idle_stop_minutes"].map { "mistral_server." + $0 }
        for row in settings.rows {
            let isPlans = plan.contains { row.path.hasPrefix($0 + ".") } && !ours.contains(row.path)
            #expect(row.source == (isPlans ? .file : .default), "\(row.path)")
            // The plan's values are this project's defaults.
            #expect(row.value == row.defaultValue, "\(row.path)")
        }
    }

    @Test("the configuration that is delivered changes no default")
    func delivered() throws {
        let settings = try Settings.load(file: projectRoot + "/config/marketflow.json")
        #expect(settings.rows.contains { $0.source == .file })
        for row in settings.rows { #expect(row.value == row.defaultValue, "\(row.path)") }
    }

    @Test("the command line wins over the environment, the environment over the file")
    func precedence() throws {
        let file = #"{"training": {"steps": 1000, "threads": 2, "niceness": 3}}"#
        let environment = ["MARKETFLOW_TRAINING_THREADS": "4", "MARKETFLOW_TRAINING_NICENESS": "5", "PATH": "/bin"]
        let settings = try load(file, environment: environment, set: ["training.niceness=6", "training.niceness=7"])
        #expect(settings.training.steps == 1000)
        #expect(settings.training.threads == 4)
        #expect(settings.training.niceness == 7)
        let sources = Dictionary(uniqueKeysWithValues: settings.rows.map { ($0.path, $0.source) })
        #expect(sources["training.steps"] == .file)
        #expect(sources["training.threads"] == .environment)
        #expect(sources["training.niceness"] == .commandLine)
        #expect(sources["training.epochs"] == .default)
    }

    @Test("every kind of value is read from text")
    func text() throws {
        let settings = try load(
            environment: ["MARKETFLOW_MARKET_SYMBOLS": "BTCUSDT, ETHUSDT", "MARKETFLOW_TELEGRAM_ENABLED": "false"],
            set: [
                "telegram.admins=[12345678901,7]", "training.learning_rate=1e-4", "training.steps=5e4",
                "telegram.api_base_url=http://127.0.0.1:8081/", "notifications.quiet_hours=22:00-07:00",
                "market.files=",
                "training.seed=18446744073709551615", "market.source=binance",
            ])
        #expect(settings.market.symbols.map(\.rawValue) == ["BTCUSDT", "ETHUSDT"])
        #expect(!settings.telegram.enabled)
        #expect(settings.telegram.admins == [12_345_678_901, 7])
        #expect(settings.training.learningRate == 1e-4)
        #expect(settings.training.steps == 50_000)
        #expect(settings.telegram.apiBaseURL == "http://127.0.0.1:8081")
        #expect(settings.notifications.quietHours == Settings.QuietHours("22:00-07:00"))
        #expect(settings.market.files.isEmpty)
        #expect(settings.training.seed == .max)
        #expect(settings.market.source == .binance)
    }

    @Test("an object changes the entries it names and keeps the others")
    func entries() throws {
        let settings = try load(
            #"{"schedule": {"jobs": {"retrain": "0 3 * * *"}}, "notifications": {"levels": {"access": "off"}}}"#,
            environment: ["MARKETFLOW_NOTIFICATIONS_LEVELS_TRADE_LOST": "silent"],
            set: ["schedule.jobs.backup=@daily", "schedule.jobs.ingest=off", "simulation.worlds.bull=0.3"])
        #expect(settings.schedule.jobs == ["retrain": "0 3 * * *", "backup": "@daily"])
        #expect(settings.notifications.levels[.access] == .off)
        #expect(settings.notifications.levels[.tradeLost] == .silent)
        #expect(settings.notifications.levels[.alarm] == .on)
        #expect(settings.simulation.worlds == [.bull: 0.3, .bear: 0.1, .flat: 0.1, .stress: 0.1])
    }

    @Test("what Kubernetes puts into a pod beside a service named marketflow is no setting")
    func serviceLinks() throws {
        _ = try load(environment: [
            "MARKETFLOW_PORT": "tcp://10.0.0.1:8090", "MARKETFLOW_SERVICE_HOST": "10.0.0.1",
            "MARKETFLOW_SERVICE_PORT_HTTP": "8090", "MARKETFLOW_PORT_8090_TCP_ADDR": "10.0.0.1",
        ])
    }

    @Test("a row's value, given to --set, sets the same value")
    func rowsRoundTrip() throws {
        let settings = try load(
            #"{"market": {"files": ["a b.csv", "c.zip"], "symbols": ["BTCUSDT", "ETHUSDT"]}, "llm": {"local": false, "remote": {"provider": "mistral", "model": "mistral-small-latest"}}}"#,
            set: [
                "notifications.quiet_hours=23:30-06:15", "schedule.jobs.ingest=off", "training.learning_rate=0.00002",
            ])
        // An object keeps the entries that are not named, so one that was taken out is named here.
        let again = try load(set: ["schedule.jobs.ingest=off"] + settings.rows.map { "\($0.path)=\($0.value)" })
        #expect(again.rows.map(\.value) == settings.rows.map(\.value))
    }

    @Test(
        "files of the state stand in the data directory",
        arguments: [
            ("data/reinforcement_learning.db", "/var/lib/marketflow/reinforcement_learning.db"),
            ("plots/rl", "/var/lib/marketflow/plots/rl"), ("/srv/m.db", "/srv/m.db"),
        ])
    func statePath(path: String, place: String) {
        #expect(Settings.statePath(path, in: "/var/lib/marketflow") == place)
        #expect(Settings.statePath(path, in: "/var/lib/marketflow/") == place)
    }
}
