import Foundation
import Testing

@Suite("The command line", .serialized, .timeLimit(.minutes(1)))
struct CommandLineTests {
    @Test("the demo prints a notification that says synthetic, and where chart and policy lie")
    func demo() async throws {
        try await Town.visit { town in
            let demo = try town.run(["demo", "--no-chat", "--set", "training.steps=5000"])
            #expect(try await demo.exitStatus(timeout: .seconds(50)) == 0)
            let text = try demo.standardOutput
            #expect(text.contains("🤖 Continual Learning Update\nModel: RL-Agent-v1\nReward "))
            #expect(text.contains(/Deployed: \d{4}-\d\d-\d\d \d\d:\d\d UTC/))
            #expect(text.contains("SYNTHETIC") && text.contains("(synthetic)"))
            let chart = try #require(text.firstMatch(of: /chart +(\S+)/)?.output.1)
            let policy = try #require(text.firstMatch(of: /policy +(\S+)/)?.output.1)
            let png = try Data(contentsOf: URL(fileURLWithPath: String(chart)))
            #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            #expect(FileManager.default.fileExists(atPath: policy + "/weights.mfp"))
            #expect(FileManager.default.fileExists(atPath: policy + "/manifest.json"))
        }
    }

    @Test("a policy with memory is trained on a file with its TensorBoard events, evaluated and exported")
    func memory() async throws {
        try await Town.visit { town in
            func run(_ arguments: [String]) async throws -> String {
                let process = try town.run(arguments)
                #expect(try await process.exitStatus(timeout: .seconds(30)) == 0)
                return try process.standardOutput
            }
            let folder = town.folder.path
            _ = try await run(
                [
                    "simulate", "--world", "flat", "--interval", "1h", "--bars", "1000", "--seed", "3", "--out",
                    folder + "/w.csv",
                ])
            let trained = try await run([
                "train", "--data", folder + "/w.csv", "--interval", "1h", "--steps", "8192", "--preset", "recurrent",
                "--stop",
                "0.01", "--out", folder + "/p", "--tensorboard", folder + "/tb", "--json",
            ])
            #expect(trained.contains("\"policy_sha256\""))
            let events = try FileManager.default.contentsOfDirectory(atPath: folder + "/tb")
            #expect(events.count == 1 && events[0].hasPrefix("events.out.tfevents."))
            let judged = try await run([
                "evaluate", "--policy", folder + "/p", "--data", folder + "/w.csv", "--interval", "1h", "--json",
            ])
            #expect(judged.contains("\"total_return\""))
        }
    }

    @Test("the champion learns on from what its service stored, in the database that the configuration names")
    func experience() async throws {
        try await Town.visit { town in
            func run(_ arguments: [String]) async throws -> String {
                let process = try town.run(arguments)
                let status = try await process.exitStatus(timeout: .seconds(40))
                let said = try process.standardError
                #expect(status == 0, "\(said)")
                return try process.standardOutput
            }
            let state = ["--data-dir", "data", "--set", "database.path=data/elsewhere.db"]
            // The first cycle makes a champion, the second stores what it does.
            for _ in 0..<2 { _ = try await run(["cycle"] + state + town.options()) }
            let learned = try await run(["train", "--from-experience", "--out", "learned", "--epochs", "2"] + state)
            #expect(learned.contains("Likelihood of what was done"), "\(learned)")
            let manifest = town.folder.appendingPathComponent("learned/manifest.json")
            #expect(try String(contentsOf: manifest, encoding: .utf8).contains("\"parent\""))
            #expect(!FileManager.default.fileExists(atPath: town.dataFolder.path + "/reinforcement_learning.db"))
        }
    }

    @Test("what cannot be trained on is named in one sentence, and nothing is written")
    func refusals() async throws {
        try await Town.visit { town in
            let folder = town.folder.path
            try "1,2,3\n".write(toFile: folder + "/short.csv", atomically: true, encoding: .utf8)
            for (arguments, word) in [
                ([], "--data"), (["--data", folder + "/none.csv"], "none.csv"),
                (["--data", folder + "/short.csv"], "short.csv"), (["--from-experience"], "--data-dir"),
                (["--from-experience", "--data-dir", folder + "/nowhere"], "nowhere"),
                (["--data", folder + "/short.csv", "--steps", "0"], "--steps"),
                (["--data", folder + "/short.csv", "--stop", "2"], "--stop"),
                (["--data", folder + "/short.csv", "--set", "training.steps=1"], "--set"),
            ] {
                let process = try town.run(["train", "--out", folder + "/p"] + arguments)
                #expect(try await process.exitStatus(timeout: .seconds(20)) != 0, "\(arguments)")
                let said = try process.standardError
                #expect(said.contains(word), "\(arguments): \(said)")
                #expect(said.split(separator: "\n").count <= 2, "\(said)")
                #expect(!FileManager.default.fileExists(atPath: folder + "/p"))
            }
        }
    }
}
