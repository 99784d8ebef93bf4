import Foundation
import Store
import Testing

@Suite("A start that cannot succeed says why in one sentence and changes nothing", .serialized, .timeLimit(.minutes(1)))
struct StartTests {
    /// Runs to the end and checks that it is refused.
    private func refusal(of process: RunningMarketFlow, _ sourceLocation: SourceLocation = #_sourceLocation)
        async throws
        -> String
    {
        let status = try await process.exitStatus()
        #expect(status != 0 && status < 128, "ended with \(status)", sourceLocation: sourceLocation)
        let text = try process.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
        let complaint = text.split(separator: "\n").filter { $0.contains("Error: ") }
        #expect(complaint.count == 1, "\(text)", sourceLocation: sourceLocation)
        #expect(!text.contains("Fatal error") && !text.contains("Stack dump"), sourceLocation: sourceLocation)
        return text
    }

    @Test(
        "a setting that is not allowed, or not known, is named",
        arguments: [
            ("training.stesp=5", "training.stesp"), ("training.steps=many", "training.steps"),
            ("training.steps=0", "training.steps"), ("http.port=99999", "http.port"),
            ("schedule.jobs.retrain=every day", "schedule.jobs.retrain"),
            ("schedule.time_zone=Mars/Olympus", "schedule.time_zone"), ("market.interval=7m", "market.interval"),
            ("telegram.api_base_url=ftp://example.org", "telegram.api_base_url"), ("nonsense", "nonsense"),
        ])
    func refusedSetting(setting: String, named: String) async throws {
        try await Town.visit { town in
            let text = try await refusal(of: town.run(["serve", "--data-dir", "data", "--set", setting]))
            #expect(text.contains(named), "\(text)")
            #expect(!FileManager.default.fileExists(atPath: town.policies.path))
        }
    }

    @Test("a configuration that is missing, no JSON or unknown in part is named, with the place")
    func refusedFile() async throws {
        try await Town.visit { town in
            var text = try await refusal(of: town.run(["serve", "--config", "nowhere.json"]))
            #expect(text.contains("nowhere.json"))
            let file = town.folder.appendingPathComponent("settings.json")
            try Data("{\n  \"training\": {\"steps\": 5000,,}\n}".utf8).write(to: file)
            text = try await refusal(of: town.run(["serve", "--config", "settings.json"]))
            #expect(text.contains("settings.json:2:"))
            try Data(#"{"trainin": {"steps": 5000}}"#.utf8).write(to: file)
            text = try await refusal(of: town.run(["serve", "--config", "settings.json"]))
            #expect(text.contains("trainin"))
            text = try await refusal(of: town.run(["serve", "--config", "."]))
            #expect(text.contains("cannot be read"))
        }
    }

    @Test("a second process on the same data is refused, and the first goes on")
    func secondProcess() async throws {
        try await Town.visit { town in
            let first = try await town.serveAndPair()
            let text = try await refusal(of: try town.serve())
            #expect(text.contains("another MarketFlow process uses this data folder"))
            _ = try await refusal(of: town.run(["cycle", "--data-dir", "data"]))
            #expect(first.isRunning)
            try await town.asks("/status", expecting: "Champion")
        }
    }

    @Test("a damaged database is left as it is, and the way back is named")
    func damagedDatabase() async throws {
        try await Town.visit { town in
            try FileManager.default.createDirectory(at: town.dataFolder, withIntermediateDirectories: true)
            let file = town.dataFolder.appendingPathComponent("reinforcement_learning.db")
            let rubbish = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) })
            try rubbish.write(to: file)
            let text = try await refusal(of: try town.serve())
            #expect(text.contains("is damaged") && text.contains("marketflow restore"))
            #expect(try Data(contentsOf: file) == rubbish)
        }
    }

    @Test("a data folder that cannot be written is named", arguments: ["/proc/marketflow", "occupied/data"])
    func unwritableFolder(path: String) async throws {
        try await Town.visit { town in
            try Data("a file, not a folder".utf8).write(to: town.folder.appendingPathComponent("occupied"))
            let text = try await refusal(of: town.run(["serve", "--data-dir", path]))
            #expect(text.contains(path), "\(text)")
        }
    }

    @Test("a port that is taken is named")
    func takenPort() async throws {
        try await Town.visit { town in
            let text = try await refusal(of: try town.serve(["http.port": "\(town.telegram.port)"]))
            #expect(text.contains("\(town.telegram.port)"))
        }
    }
}
