import Foundation

/// The built binary as a child process: what an operator starts, reads, stops and kills.
final class RunningMarketFlow: Sendable {
    private let process: Process
    private let output: URL
    private let errors: URL

    /// - Parameters:
    ///   - arguments: as on a command line.
    ///   - environment: all of it; nothing of the test's own is passed on.
    ///   - workingFolder: also where its output is kept.
    init(_ arguments: [String], environment: [String: String] = [:], workingFolder: URL) throws {
        let run = UUID().uuidString
        output = workingFolder.appendingPathComponent("output-\(run).txt")
        errors = workingFolder.appendingPathComponent("errors-\(run).txt")
        for file in [output, errors] { try Data().write(to: file) }
        process = Process()
        process.executableURL = try Self.binary()
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": workingFolder.path].merging(environment) { $1 }
        process.currentDirectoryURL = workingFolder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    /// `MARKETFLOW_BINARY`, else the binary beside the tests.
    private static func binary() throws -> URL {
        if let path = ProcessInfo.processInfo.environment["MARKETFLOW_BINARY"] { return URL(fileURLWithPath: path) }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("marketflow")
    }

    // MARK: What it says

    var standardOutput: String { get throws { String(decoding: try Data(contentsOf: output), as: UTF8.self) } }
    var standardError: String { get throws { String(decoding: try Data(contentsOf: errors), as: UTF8.self) } }
    var isRunning: Bool { process.isRunning }

    /// Waits for a line of the log that matches, and returns what the expression's first group stands for.
    func waitForLog(_ expression: Regex<(Substring, Substring)>, timeout: Duration = .seconds(15)) async throws
        -> String
    {
        try await eventually("\(self) to log what was expected", timeout) {
            try self.standardError.firstMatch(of: expression).map { String($0.output.1) }
        }
    }

    func waitForLog(containing text: String, timeout: Duration = .seconds(15)) async throws {
        _ = try await eventually("\(self) to log “\(text)”", timeout) {
            try self.standardError.contains(text) ? true : nil
        }
    }

    // MARK: How it ends

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Ends it as a power cut would.
    func killAtOnce() async throws {
        signal(SIGKILL)
        try await exitStatus()
    }

    /// Asks it to stop, as systemd does.
    ///
    /// - Returns: exit status, and how long it took.
    @discardableResult
    func terminate() async throws -> (status: Int32, took: Duration) {
        let began = ContinuousClock.now
        signal(SIGTERM)
        return (try await exitStatus(), ContinuousClock.now - began)
    }

    /// Waits for the end.
    @discardableResult
    func exitStatus(timeout: Duration = .seconds(30)) async throws -> Int32 {
        try await eventually("\(self) to end", timeout) {
            self.process.isRunning ? nil : self.process.terminationStatus
        }
    }
}

extension RunningMarketFlow: CustomStringConvertible {
    var description: String {
        let log = (try? standardError) ?? ""  // only for the message of a failed test
        return "marketflow \((process.arguments ?? []).prefix(1).joined()), whose log ends with\n\(log.suffix(2_000))\n"
    }
}

struct WaitedInVain: Error, CustomStringConvertible {
    let description: String
}

/// Asks until there is a value.
func eventually<Value>(
    _ what: @autoclosure () -> String, _ timeout: Duration = .seconds(15),
    isolation: isolated (any Actor)? = #isolation,
    _ value: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + timeout
    while ContinuousClock.now < deadline {
        if let value = try await value() { return value }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw WaitedInVain(description: "Waited \(timeout) in vain for \(what())")
}
