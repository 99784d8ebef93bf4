/// Why the local server does not run. Each says what to mend.
public enum ServerFault: Error, Sendable, Hashable {
    case commandMissing(String)
    case commandNotExecutable(String)
    case modelMissing(String)
    case modelNotAFile(String)
    case modelNotGGUF(String)
    case portTaken(Int)
    /// The system would not start it.
    case notSpawned(String)
    /// It says itself that it cannot use the model file.
    case modelUnusable(String)
    /// It does not know an option: another program or a version that differs.
    case badArgument(String)
    /// It ended before it was ready, without a reason that is known.
    case endedEarly(String)
    case startTimeout(seconds: Int)
    /// It answers, but not with readable text: the weights are damaged.
    case nonsense
    case crashed(String)
    case hung
    case tooManyRestarts(Int)

    /// Trying again would end the same way until somebody mends it.
    public var isConfiguration: Bool {
        switch self {
        case .commandMissing, .commandNotExecutable, .modelMissing, .modelNotAFile, .modelNotGGUF, .portTaken,
            .notSpawned, .modelUnusable, .badArgument, .nonsense, .startTimeout, .tooManyRestarts:
            true
        case .endedEarly, .crashed, .hung: false
        }
    }

    /// What the last lines of a server that ended say.
    ///
    /// - Parameter lines: of its log, oldest first.
    package static func reading(_ lines: [String], status: ExitStatus, port: Int) -> ServerFault {
        for line in lines {
            if line.contains("couldn't bind HTTP server socket") { return .portTaken(port) }
            if line.contains("invalid argument:") || line.contains("error while handling argument") {
                return .badArgument(words(line))
            }
        }
        let decisive = lines.first { line in
            modelSigns.contains { line.contains($0) }
        }
        if let decisive { return .modelUnusable(words(decisive)) }
        return .endedEarly(lines.last.map { "\(status); its last line: \(words($0))" } ?? "\(status)")
    }

    private static let modelSigns = [
        "failed to open GGUF file", "invalid magic characters", "failed to read magic", "failed to read header",
        "failed to read key-value pairs", "is not within the file bounds", "failed to load model",
    ]

    /// The line without its time stamp, short and harmless.
    private static func words(_ line: String) -> String {
        let text = line.split(separator: " E ", maxSplits: 1).last.map(String.init) ?? line
        return String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init))
    }
}

extension ServerFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .commandMissing(let name):
            "the program “\(name)” is not installed or not in PATH; set mistral_server.server_command to llama-server's path"
        case .commandNotExecutable(let path): "\(path) is no program that this user may run"
        case .modelMissing(let path):
            "the model file \(path) does not exist; set mistral_server.model_path to a GGUF file"
        case .modelNotAFile(let path): "\(path) is no file; mistral_server.model_path names a GGUF file"
        case .modelNotGGUF(let path): "\(path) is not in GGUF form: fetch it again, or convert it"
        case .portTaken(let port):
            "port \(port) is used by another program; end it or set mistral_server.port to a free one"
        case .notSpawned(let reason): "the server could not be started: \(reason)"
        case .modelUnusable(let line): "the server cannot use the model file: \(line)"
        case .badArgument(let line): "the program does not know our options (another version?): \(line)"
        case .endedEarly(let reason): "the server ended before it was ready (\(reason))"
        case .startTimeout(let seconds):
            "the server was not ready within \(seconds) s; raise mistral_server.startup_timeout or take a smaller model"
        case .nonsense: "the server runs but answers with unreadable bytes: the model file is damaged, fetch it again"
        case .crashed(let reason): "the server ended unexpectedly (\(reason))"
        case .hung: "the server hangs"
        case .tooManyRestarts(let count):
            "the server failed \(count) times within ten minutes and is left off; /logs shows more, /mistral start tries again"
        }
    }
}

/// How a process ended.
public enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let signal): "signal \(signal)"
        }
    }
}
