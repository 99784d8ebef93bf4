import ArgumentParser
import ControlBot
import ControlPlane
import Foundation
import Logging
import Settings

/// Options of every command that touches state.
struct StateOptions: ParsableArguments {
    @Option(help: "The configuration file; without it config/marketflow.json, if there is one, else the defaults.")
    var config: String?

    @Option(help: "The folder of database, policies, charts and backups.")
    var dataDir = "data"

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Override one key of the configuration.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    /// The settings in force; `defaults` are overridden by everything the user says.
    func settings(defaults: [String] = []) throws -> Settings {
        let usual = "config/marketflow.json"
        let file = config ?? (FileManager.default.fileExists(atPath: usual) ? usual : nil)
        return try Settings.load(
            file: file, environment: ProcessInfo.processInfo.environment, overrides: defaults + overrides)
    }

    func secrets() throws -> Secrets {
        let environment = ProcessInfo.processInfo.environment
        return try Secrets.load(environment: environment, credentialsDirectory: environment["CREDENTIALS_DIRECTORY"])
    }

    /// A logger that remembers its lines and strikes out secrets.
    func logging(_ secrets: Secrets) throws -> (tail: LogTail, logger: Logger) {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError(
                "--log-level is \(logLevel), but trace, debug, info, notice, warning, error or critical are possible.")
        }
        let tail = LogTail()
        for name in SecretName.allCases { if let secret = secrets[name] { tail.conceal(secret.reveal()) } }
        LoggingSystem.bootstrap { tail.handler(label: $0, level: level) }
        return (tail, Logger(label: "marketflow"))
    }

    /// The data folder, locked for this process.
    func lockedFolder() throws -> (URL, InstanceLock) {
        let folder = URL(fileURLWithPath: dataDir, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return (folder, try InstanceLock(folder: folder))
    }
}
