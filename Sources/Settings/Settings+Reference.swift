extension Settings {
    /// `docs/configuration.md`: every key with its default, what is allowed and what it means, as Markdown.
    public static func reference() -> String {
        let defaults = Settings()
        var text = preamble
        for section in sections {
            text +=
                "\n## \(section.name)\n\n\(section.meaning)\n\n| Key | Default | Allowed | Meaning |\n|---|---|---|---|\n"
            for key in section.keys {
                let name = key.path.dropFirst(section.name.count + 1)
                let cells = ["`\(name)`", "`\(key.value(in: defaults).literal)`", key.allowed, key.meaning]
                text += "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
            }
        }
        text += "\n## Secrets\n\n\(secrets)\n\n| Name | Environment variable | For |\n|---|---|---|\n"
        for name in SecretName.allCases {
            text += "| `\(name.rawValue)` | `\(name.environmentName)` | \(name.meaning) |\n"
        }
        return text
    }

    private static let preamble = """
        # Configuration

        One JSON file, `config/marketflow.json` unless `--config` names another. Every key is optional. A key is set by, the later
        over the earlier:

        1. its default, as listed here,
        2. the file: `{"training": {"steps": 20000}}`,
        3. the environment: `MARKETFLOW_TRAINING_STEPS=20000`, which is `MARKETFLOW_` and the key in upper case with dots as
           underscores,
        4. the command line: `--set training.steps=20000`, any number of times.

        Lists stand between commas in the environment and on the command line (`--set market.symbols=BTCUSDT,ETHUSDT`). An object is
        set entry by entry (`--set "schedule.jobs.retrain=0 3 * * *"`, `MARKETFLOW_SCHEDULE_JOBS_RETRAIN`). An unknown key, or a value
        that is not allowed, ends the start with a sentence that names the key and what is allowed. `/settings` in the chat shows what
        is in force and who set it.

        """

    private static let secrets = """
        Secrets never stand in the file. Each is read from the file of its name in `$CREDENTIALS_DIRECTORY` (systemd's
        `LoadCredential=`), else from the environment variable.
        """
}
