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
}
