import Settings
import Testing

@Suite("Refusing settings")
struct RefusalTests {
    @Test("a value out of range is refused with its place, its key and what is allowed")
    func range() {
        let file = """
            {
              "telegram": {
                "poll_timeout_seconds": 90
              }
            }
            """
        #expect(
            complaint(file)
                == "marketflow.json:3:29: telegram.poll_timeout_seconds is 90; allowed is a whole number from 1 to 50.")
    }

    @Test("the place is named for the environment and the command line, too")
    func otherPlaces() {
        #expect(
            complaint(environment: ["MARKETFLOW_TELEGRAM_LANGUAGE": "de"])
                == "Environment variable MARKETFLOW_TELEGRAM_LANGUAGE: telegram.language is \"de\"; allowed is en | ru."
        )
        #expect(
            complaint(set: ["http.port=eighty"])
                == "--set http.port: http.port is \"eighty\"; allowed is a whole number from 0 to 65535.")
        #expect(
            complaint(set: ["training.steps"])
                == "--set training.steps: write key=value, as in --set training.steps=20000.")
        #expect(complaint(set: [""]).contains("write key=value"))
        #expect(complaint(set: ["=5"]).contains("write key=value"))
    }

    @Test("in a list or an object the part that is wrong is named")
    func part() {
        #expect(
            complaint(#"{"market": {"symbols": ["BTCUSDT", "eth/usdt"]}}"#)
                == "marketflow.json:1:36: market.symbols[1] is \"eth/usdt\"; allowed is a list without repetition, at least 1, at most 50, each a symbol like BTCUSDT."
        )
        #expect(complaint(#"{"market": {"symbols": ["BTCUSDT", "BTCUSDT"]}}"#).contains("market.symbols[1] is"))
        #expect(complaint(#"{"schedule": {"jobs": {"retrain": " "}}}"#).contains("schedule.jobs.retrain is \" \""))
        #expect(complaint(#"{"schedule": {"jobs": {"re train": "* * * * *"}}}"#).contains("schedule.jobs.re train is"))
        #expect(complaint(set: ["notifications.levels.trades=off"]).contains("notifications.levels.trades is"))
    }

    @Test(
        "an unknown key is refused, and the nearest one offered",
        arguments: [
            (#"{"telegram": {"pol_timeout_seconds": 5}}"#, "telegram.poll_timeout_seconds"),
            (#"{"telgram": {"admins": []}}"#, "telegram"),
            (#"{"training": {"rolluot": 5}}"#, "training.rollout"),
            (#"{"poll_timeout_seconds": 5}"#, "telegram.poll_timeout_seconds"),
            (#"{"http": {"max_drawdown_ratio": 5}}"#, "gate.max_drawdown_ratio"),
        ])
    func unknown(file: String, nearest: String) {
        #expect(complaint(file).contains("there is no setting"))
        #expect(complaint(file).hasSuffix("; did you mean \(nearest)?"))
    }

    @Test("an unknown key that is near to none is answered with what there is")
    func unknownWithoutNeighbour() {
        #expect(
            complaint(#"{"http": {"certificate": 1}}"#).hasSuffix("\"http.certificate\"; http has enabled, host, port.")
        )
        #expect(complaint(#"{"zzzzzz": 1}"#).contains("the sections are learning_parameters, test_parameters,"))
        #expect(
            complaint(environment: ["MARKETFLOW_HTTP_PROT": "1"])
                == "Environment variable MARKETFLOW_HTTP_PROT: there is no such setting; did you mean MARKETFLOW_HTTP_PORT?"
        )
    }

    @Test("everything that is wrong is said at once, but not without end")
    func all() {
        let two = complaint(#"{"http": {"port": -1, "hots": "x"}}"#, set: ["gate.alpha=7"])
        #expect(two.split(separator: "\n").count == 3)
        let many = complaint("{" + (0..<5000).map { "\"x\($0)\": 1" }.joined(separator: ",\n") + "}")
        #expect(many.split(separator: "\n").count == 21)
        #expect(many.utf8.count < 10_000)
    }

    @Test("a section is an object, and so is the whole")
    func shape() {
        #expect(complaint(#"{"http": 8090}"#) == "marketflow.json:1:10: http is a section, { … }, not 8090.")
        #expect(complaint("[]") == "marketflow.json:1:1: the configuration is an object, { … }, not [].")
    }

    @Test(
        "values that are each allowed but not together are refused",
        arguments: [
            ["learning_parameters.min_weight=0.4", "learning_parameters.max_weight=0.3"], ["market.source=files"],
            ["training.validation_days=180"], ["gate.min_bars=2881"], ["training.minibatch=8191"],
            ["simulation.bars=3651", "market.interval=1d", "gate.min_bars=30"],
            ["training.environments=1", "training.rollout=64"],
            ["training.environments=65536", "training.rollout=257"],
            ["simulation.worlds.bull=0.8"], ["training.memory_units=40", "training.policy=gru"],
            ["training.sequence=48", "training.policy=gru"],
        ])
    func contradiction(overrides: [String]) {
        #expect(complaint(set: overrides).contains(overrides[0].prefix { $0 != "=" }.split(separator: ".")[1]))
    }

    @Test(
        "text where a number belongs, fractions of whole things, and figures beyond all range are refused",
        arguments: [
            #"{"training": {"steps": "5"}}"#, #"{"training": {"steps": 1.5}}"#, #"{"training": {"steps": null}}"#,
            #"{"training": {"steps": 99999999999999999999}}"#, #"{"training": {"seed": -1}}"#,
            #"{"gate": {"alpha": 1e999}}"#, #"{"gate": {"alpha": 0}}"#, #"{"telegram": {"enabled": 1}}"#,
            #"{"telegram": {"enabled": "true"}}"#, #"{"database": {"path": ""}}"#,
            #"{"database": {"path": "a\u0000b"}}"#,
            #"{"schedule": {"time_zone": "../../etc/passwd"}}"#, #"{"schedule": {"jobs": []}}"#,
            #"{"http": {"host": "a b"}}"#,
            #"{"notifications": {"quiet_hours": "22-7"}}"#, #"{"market": {"interval": "7m"}}"#,
            #"{"market": {"symbols": []}}"#,
        ])
    func kinds(file: String) {
        #expect(complaint(file).contains("; allowed is "))
    }

    @Test(
        "a base URL has a host and nothing that could be secret",
        arguments: [
            "api.telegram.org", "ftp://host", "https://", "https:///path", "https://user:pass@host",
            "https://host?token=1",
            "https://host#x", "https://host:0", "https://host:99999", "https://ho st", "https://host:80:90",
        ])
    func url(text: String) {
        #expect(complaint(set: ["telegram.api_base_url=\(text)"]).contains("allowed is an http:// or https:// URL"))
    }

    @Test(
        "a base URL may have a port, a path and a numeric host",
        arguments: ["http://[::1]:8081", "https://h.example/bot-api"])
    func goodURL(text: String) throws {
        #expect(try load(set: ["telegram.api_base_url=\(text)"]).telegram.apiBaseURL == text)
    }
}
