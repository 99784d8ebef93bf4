import LanguageModels
import Testing

@Suite("The schema all servers enforce")
struct SchemaTests {
    private func read(_ text: String, _ choices: [String: [String]] = [:]) throws -> OutputSchema {
        try OutputSchema(JSONValue(parsing: text.utf8), choices: choices)
    }

    @Test("reads a schema file and puts in the choices of this request")
    func reads() throws {
        let text = """
            {"type":"object","properties":{"b":{"type":"string","enum":["$ids"]},"a":{"type":"array","items":{"type":"integer"}}},
            "required":["b","a"],"additionalProperties":false}
            """
        let schema = try read(text, ["ids": ["E1", "E2"]])
        #expect(schema == .object([.init("b", .choice(["E1", "E2"])), .init("a", .array(.integer))]))
        #expect(
            schema.json.text
                == #"{"type":"object","properties":{"b":{"type":"string","enum":["E1","E2"]},"a":{"type":"array","items":{"type":"integer"}}},"required":["b","a"],"additionalProperties":false}"#
        )
    }

    @Test(
        "refuses what some server ignores or rejects",
        arguments: [
            #"{"type":"object","properties":{"a":{"type":"string"}},"required":[],"additionalProperties":false}"#,
            #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#,
            #"{"type":"object","properties":{"a":{"type":"string","maxLength":5}},"required":["a"],"additionalProperties":false}"#,
            #"{"type":"array","items":{"type":"string"},"maxItems":3}"#, #"{"type":"number"}"#,
            #"{"type":["string","null"]}"#, #"{"anyOf":[{"type":"string"}]}"#, #"{"type":"string","enum":[]}"#,
            #"{"type":"string","enum":["$missing"]}"#, #"{"type":"integer","minimum":0}"#,
            #"{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"string"}}}}}}"#,
        ])
    func refuses(text: String) {
        #expect(throws: SchemaProblem.self) { try read(text) }
    }

    @Test("tells where an answer differs")
    func mismatch() throws {
        let schema = OutputSchema.object([.init("side", .choice(["long", "short"])), .init("ids", .array(.string))])
        func problem(_ text: String) throws -> String? { schema.mismatch(try JSONValue(parsing: text.utf8)) }
        #expect(try problem(#"{"side":"long","ids":["E1"]}"#) == nil)
        #expect(try problem(#"{"side":"up","ids":[]}"#) != nil)
        #expect(try problem(#"{"side":"long"}"#) != nil)
        #expect(try problem(#"{"side":"long","ids":[],"command":"/deploy"}"#) != nil)
        #expect(try problem(#"{"side":"long","ids":[1]}"#) != nil)
        #expect(throws: (any Error).self) { try problem(#"{"side":NaN}"#) }
    }
}
