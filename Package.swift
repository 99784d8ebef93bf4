// swift-tools-version: 6.1
import PackageDescription

// The floors of the house, lowest first; see ARCHITECTURE.md. A target names only what lies below it.

let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "MarketFlow",
    products: [
        .executable(name: "marketflow", targets: ["marketflow"]),
        .library(name: "Telegram", targets: ["Telegram"]),
    ],
    dependencies: [
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        // 0: C and system libraries
        .target(name: "CKernels"),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // 1: values and libraries that know nothing of us
        .target(name: "Market"),
        .target(name: "Neural", dependencies: ["CKernels", crypto]),
        .target(name: "Schedule"),
        .target(name: "Telegram", dependencies: [httpClient, logging]),
        .target(name: "Charts", dependencies: ["CCairo"]),
        .target(name: "LightGBM"),
        .target(name: "LanguageModels", dependencies: [httpClient, logging]),
        // 2
        .target(name: "MarketData", dependencies: ["Market", "CZlib", httpClient, logging, crypto]),
        .target(name: "Reinforcement", dependencies: ["Neural", "CKernels"]),
        .target(name: "Evaluation", dependencies: ["Market", "Neural"]),
        // 3
        .target(name: "Simulation", dependencies: ["Market", "Reinforcement", "Evaluation", "Neural"]),
        .target(name: "Policies", dependencies: ["Market", "Reinforcement", "Neural", "Simulation", crypto]),
        .target(name: "Strategies", dependencies: ["Market"]),
        .target(
            name: "Ensemble",
            dependencies: ["Market", "Simulation", "Policies", "Reinforcement", "Evaluation", "Neural", "LightGBM"]),
        // 4
        .target(
            name: "Store",
            dependencies: ["Market", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift")]),
        // 5
        .target(
            name: "Analyst",
            dependencies: [
                "Market", "Neural", "Reinforcement", "Simulation", "Policies", "Evaluation", "Charts", crypto,
            ]),
        .target(name: "Narration", dependencies: ["Analyst", "LanguageModels", "PromptText"]),
        // What language models are told, built into the binary.
        .target(
            name: "PromptText", path: "prompts",
            resources: [
                .embedInCode("en/explain_en.txt"), .embedInCode("ru/explain_ru.txt"), .embedInCode("en/signal_en.txt"),
                .embedInCode("en/facts_en.json"), .embedInCode("ru/facts_ru.json"),
                .embedInCode("en/lexicon_en.json"), .embedInCode("ru/lexicon_ru.json"),
                .embedInCode("explain_schema.json"), .embedInCode("signal_schema.json"),
            ]),
        .target(
            name: "ControlPlane",
            dependencies: [
                "Store", "Ensemble", "LightGBM", "Simulation", "Policies", "MarketData", "Evaluation", "Reinforcement",
                "Schedule", "Charts", "Market", "Neural", "Analyst", "Strategies", "LanguageModels", "Narration",
                logging,
                lifecycle,
            ]),
        // 6
        .target(
            name: "ControlBot",
            dependencies: [
                "ControlPlane", "LanguageModels", "Narration", "Analyst", "Strategies", "Ensemble", "Telegram",
                "BotText",
                "Policies", "Store", "Market", "Schedule", logging,
                lifecycle,
            ]),
        // What the chat says, built into the binary.
        .target(
            name: "BotText", path: "bot",
            resources: [
                .embedInCode("commands.json"), .embedInCode("messages/en.json"), .embedInCode("messages/ru.json"),
            ]),
        .target(
            name: "Dashboard",
            dependencies: [
                "ControlPlane", "Analyst", "Ensemble", "Store", "Policies", "Market", hummingbird, logging, lifecycle,
            ]),
        // 7
        .target(name: "Settings", dependencies: ["Market"]),
        .executableTarget(
            name: "marketflow",
            dependencies: [
                "Settings", "ControlBot", "Dashboard", "ControlPlane", "LanguageModels", "Analyst", "Ensemble",
                "LightGBM",
                "Store", "Simulation", "MarketData", "Policies",
                "Telegram", "Evaluation", "Reinforcement", "Neural", "CKernels", "Market", "Schedule", arguments,
                httpClient,
                logging, lifecycle,
            ]),

        .testTarget(name: "MarketTests", dependencies: ["Market"]),
        .testTarget(name: "NeuralTests", dependencies: ["Neural", "CKernels"]),
        .testTarget(name: "LanguageModelsTests", dependencies: ["LanguageModels", "ModelServer"]),
        .testTarget(name: "NarrationTests", dependencies: ["Narration", "Analyst", "LanguageModels", "Market"]),
        .testTarget(name: "ScheduleTests", dependencies: ["Schedule"]),
        .testTarget(name: "TelegramTests", dependencies: ["Telegram", "BotAPIServer"]),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
        .testTarget(name: "MarketDataTests", dependencies: ["MarketData", "BinanceServer", "Market", httpClient]),
        .testTarget(name: "ReinforcementTests", dependencies: ["Reinforcement", "Neural"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Market", "Neural"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["Simulation", "Market", "Neural", "Reinforcement", "AllocationCounter"]),
        .testTarget(
            name: "PoliciesTests", dependencies: ["Policies", "Simulation", "Market", "Neural", "Reinforcement"]),
        .testTarget(name: "StrategiesTests", dependencies: ["Strategies", "Market"]),
        .testTarget(
            name: "AnalystTests",
            dependencies: ["Analyst", "Market", "Neural", "Reinforcement", "Simulation", "Evaluation"]),
        .testTarget(name: "StoreTests", dependencies: ["Store", "Market", grdb]),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "ControlPlane", "Analyst", "Ensemble", "LanguageModels", "Narration", "ModelServer", "Store",
                "Simulation",
                "Market",
            ]),
        .testTarget(name: "LightGBMTests", dependencies: ["LightGBM"]),
        .testTarget(
            name: "EnsembleTests",
            dependencies: ["Ensemble", "LightGBM", "Simulation", "Evaluation", "Market", "Neural"]),
        .testTarget(
            name: "ControlBotTests",
            dependencies: ["ControlBot", "ControlPlane", "LanguageModels", "ModelServer", "Store", "Telegram"]),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Dashboard", "ControlPlane", "Store", "Simulation", "Policies", "Evaluation", "Reinforcement", "Neural",
                "Schedule",
                "Market", "MarketData", httpClient, logging, lifecycle,
            ]),
        .testTarget(name: "SettingsTests", dependencies: ["Settings", "Market"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["marketflow", "BotAPIServer", "BinanceServer", "Store", "Market"]),
        // Strict stand-ins for the outside world, used by tests only: they refuse what the real servers refuse.
        .target(name: "BotAPIServer", dependencies: [hummingbird], path: "Tests/Support/BotAPIServer"),
        // Speed of the bot: swift run -c release bot-benchmark .build/release/marketflow
        .executableTarget(name: "bot-benchmark", dependencies: ["BotAPIServer"], path: "Benchmarks/Bot"),
        .target(name: "ModelServer", dependencies: [hummingbird], path: "Tests/Support/ModelServer"),
        .target(name: "BinanceServer", dependencies: [hummingbird], path: "Tests/Support/BinanceServer"),
        // Linked into the tests, it counts their allocations.
        .target(name: "AllocationCounter", path: "Tests/Support/AllocationCounter"),
    ],
    swiftLanguageModes: [.v6]
)
