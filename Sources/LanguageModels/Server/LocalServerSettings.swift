/// How a model server of our own is run.
public struct LocalServerSettings: Sendable, Hashable {
    /// A path, or a name to be looked up in `PATH`. Takes llama-server's options.
    public var command: String
    /// A GGUF file.
    public var modelPath: String
    public var port: Int
    public var startupTimeout: Duration
    public var healthInterval: Duration
    /// Tokens of prompt and answer together.
    public var context: Int
    /// Without questions for so long it is ended, which frees its memory; nil keeps it.
    public var idleStop: Duration?
    /// Longest pause between two bytes of an answer.
    public var inactivity: Duration
    /// Where `{pid, start time, port}` of the running server is noted.
    public var pidFile: String

    public init(
        command: String, modelPath: String, port: Int, startupTimeout: Duration = .seconds(120),
        healthInterval: Duration = .seconds(30), context: Int = 4096, idleStop: Duration? = .seconds(600),
        inactivity: Duration = .seconds(120), pidFile: String
    ) {
        self.command = command
        self.modelPath = modelPath
        self.port = port
        self.startupTimeout = startupTimeout
        self.healthInterval = healthInterval
        self.context = context
        self.idleStop = idleStop
        self.inactivity = inactivity
        self.pidFile = pidFile
    }

    /// The file's name without its ending.
    public var modelName: String {
        let file = modelPath.split(separator: "/").last.map(String.init) ?? modelPath
        return file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file
    }

    /// Only options that all versions know; the key goes by the environment, since arguments can be read by everyone.
    func arguments(threads: Int) -> [String] {
        [
            "-m", modelPath, "--host", "127.0.0.1", "--port", "\(port)", "-c", "\(context)", "-np", "1", "-t",
            "\(threads)", "-a", modelName, "--no-webui",
        ]
    }
}
