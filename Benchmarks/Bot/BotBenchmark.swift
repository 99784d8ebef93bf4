import BotAPIServer
import Foundation

/// Measures the built binary against a strict Bot API server in this process and prints one JSON object.
///
///     swift run -c release bot-benchmark .build/release/marketflow
///
/// Start (exec to first getUpdates, median of 5), private and resident memory when idle, `/status` idle and while a cycle trains
/// (from the user's message to the bot's call), and a burst of 1,000 updates with the sending limits off.
@main
struct BotBenchmark {
    static let user: Int64 = 1_000_001

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: bot-benchmark PATH-TO-MARKETFLOW")
            exit(64)
        }
        let binary = CommandLine.arguments[1]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bot-benchmark-\(getpid())")
        defer { removeFolder(folder) }
        var starts: [Double] = []
        for _ in 0..<5 {
            let server = try await BotAPIServer.start()
            let began = ContinuousClock.now
            let process = try launch(binary, server, folder.appendingPathComponent("start"))
            try await server.waitForCalls(of: "getUpdates", count: 1, timeout: .seconds(30))
            let first = await server.calls(of: "getUpdates")[0].at
            starts.append((first - began) / .seconds(1))
            process.terminate()
            process.waitUntilExit()
            await server.stop()
        }
        let server = try await BotAPIServer.start()
        await server.addUser(user, firstName: "Bench")
        let process = try launch(binary, server, folder.appendingPathComponent("run"))
        try await server.waitForCalls(of: "getUpdates", count: 1, timeout: .seconds(30))
        try await Task.sleep(for: .seconds(2))
        let memory = memoryOf(process.processIdentifier)
        let idle = try await latencies(server, count: 300)
        await server.userSends("/train 1000000000", from: user)
        try await Task.sleep(for: .seconds(3))
        let training = try await latencies(server, count: 300)
        await server.userSends("/stop", from: user)
        try await Task.sleep(for: .seconds(2))
        let burst = try await burst(server, count: 1_000)
        process.terminate()
        process.waitUntilExit()
        await server.stop()
        let result: [String: Any] = [
            "start_seconds_median": starts.sorted()[2], "start_seconds": starts,
            "idle_private_bytes": memory.privateBytes, "idle_resident_bytes": memory.resident,
            "status_idle_ms": percentiles(idle), "status_training_ms": percentiles(training),
            "burst_updates_per_second": burst, "load_average": loadAverage(),
        ]
        let data = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
        print(String(decoding: data, as: UTF8.self))
    }

    private static func launch(_ binary: String, _ server: BotAPIServer, _ data: URL) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = [
            "serve", "--data-dir", data.path, "--log-level", "error", "--set",
            "telegram.api_base_url=\(server.baseURL)",
            "--set", "telegram.limits=false", "--set", "telegram.admins=\(user)", "--set", "http.enabled=false",
            "--set", "training.threads=2",
        ]
        process.environment = ["TELEGRAM_BOT_TOKEN": server.token, "PATH": "/usr/bin:/bin"]
        try process.run()
        return process
    }

    /// Seconds from the user's message to the bot's sendMessage, one after the other.
    private static func latencies(_ server: BotAPIServer, count: Int) async throws -> [Double] {
        var result: [Double] = []
        for _ in 0..<count {
            let before = await server.callCount(of: "sendMessage")
            let began = ContinuousClock.now
            await server.userSends("/status", from: user)
            try await server.waitForCalls(of: "sendMessage", count: before + 1, timeout: .seconds(30))
            let at = await server.calls(of: "sendMessage")[before].at
            result.append((at - began) / .seconds(1))
        }
        return result
    }

    private static func burst(_ server: BotAPIServer, count: Int) async throws -> Double {
        let before = await server.callCount(of: "sendMessage")
        let began = ContinuousClock.now
        for _ in 0..<count { await server.userSends("/status", from: user) }
        try await server.waitForCalls(of: "sendMessage", count: before + count, timeout: .seconds(60))
        let calls = await server.calls(of: "sendMessage")
        return Double(count) / ((calls[before + count - 1].at - began) / .seconds(1))
    }

    private static func percentiles(_ seconds: [Double]) -> [String: Double] {
        let sorted = seconds.sorted()
        func at(_ share: Double) -> Double { 1000 * sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
        return ["p50": at(0.5), "p99": at(0.99), "max": 1000 * (sorted.last ?? 0)]
    }

    private static func memoryOf(_ process: Int32) -> (privateBytes: Int, resident: Int) {
        // Zero where the kernel does not tell.
        let text = (try? String(contentsOfFile: "/proc/\(process)/smaps_rollup", encoding: .utf8)) ?? ""
        func field(_ name: String) -> Int {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
            return (Int(line.filter(\.isNumber)) ?? 0) * 1024
        }
        return (field("Private_Clean") + field("Private_Dirty"), field("Rss"))
    }

    private static func loadAverage() -> Double {
        var loads = [0.0, 0.0, 0.0]
        getloadavg(&loads, 3)
        return loads[0]
    }

    private static func removeFolder(_ folder: URL) {
        // A folder in /tmp that stays behind harms nobody.
        try? FileManager.default.removeItem(at: folder)
    }
}
