import Foundation
import NIOCore

/// What the real servers refuse.
struct Rules {
    struct Refusal {
        var status: Int
        var type: String
        var message: String
    }

    let shape: ModelServer.Shape
    let key: String

    private static let openAIFields: Set = [
        "model", "messages", "max_completion_tokens", "temperature", "response_format", "stream", "stream_options",
    ]
    private static let mistralFields: Set = [
        "model", "messages", "max_tokens", "temperature", "response_format", "stream",
    ]
    private static let llamaFields = mistralFields.union(["stream_options"])
    private static let anthropicFields: Set = [
        "model", "max_tokens", "system", "messages", "temperature", "output_config", "stream",
    ]

    func refusal(path: String, headers: [String: String], body: ByteBuffer) -> Refusal? {
        let isAnthropic = if case .anthropic = shape { true } else { false }
        guard path == (isAnthropic ? "/v1/messages" : "/v1/chat/completions") else {
            return Refusal(status: 404, type: "not_found_error", message: "Not found")
        }
        guard headers[isAnthropic ? "x-api-key" : "authorization"] == (isAnthropic ? key : "Bearer \(key)") else {
            return Refusal(status: 401, type: "authentication_error", message: "invalid api key")
        }
        if isAnthropic, headers["anthropic-version"] != "2023-06-01" {
            return bad("anthropic-version: header is required")
        }
        guard headers["content-type"] == "application/json",
            let json = try? JSONSerialization.jsonObject(with: Data(buffer: body)) as? [String: Any]
        else { return bad("We could not parse the JSON body of your request.") }
        let known =
            switch shape {
            case .openAI: Self.openAIFields
            case .mistral: Self.mistralFields
            case .llama: Self.llamaFields
            case .anthropic: Self.anthropicFields
            }
        if let other = Set(json.keys).subtracting(known).first {
            return bad("\(other): Extra inputs are not permitted")
        }
        guard let model = json["model"] as? String, !model.isEmpty else { return bad("model: Field required") }
        guard let messages = json["messages"] as? [[String: Any]], !messages.isEmpty else {
            return bad("messages: Field required")
        }
        var roles = messages.compactMap { $0["role"] as? String }
        if !isAnthropic, roles.first == "system" { roles.removeFirst() }
        // The templates of Mistral's models insist on turns.
        for (index, role) in roles.enumerated() where role != (index % 2 == 0 ? "user" : "assistant") {
            return bad("After the optional system message, conversation roles must alternate user and assistant")
        }
        if isAnthropic, json["max_tokens"] as? Int == nil { return bad("max_tokens: Field required") }
        if json["stream_options"] != nil, json["stream"] as? Bool != true {
            return bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
        }
        return schemaRefusal(json, isAnthropic)
    }

    private func schemaRefusal(_ json: [String: Any], _ isAnthropic: Bool) -> Refusal? {
        let schema: [String: Any]?
        if isAnthropic {
            guard let config = json["output_config"] as? [String: Any] else { return nil }
            let format = config["format"] as? [String: Any]
            guard format?["type"] as? String == "json_schema" else { return bad("output_config.format.type") }
            schema = format?["schema"] as? [String: Any]
        } else {
            guard let format = json["response_format"] as? [String: Any] else { return nil }
            let inner = format["json_schema"] as? [String: Any]
            guard format["type"] as? String == "json_schema", inner?["strict"] as? Bool == true,
                let name = inner?["name"] as? String, name.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil
            else { return bad("response_format.json_schema") }
            schema = inner?["schema"] as? [String: Any]
        }
        guard let schema else { return bad("schema: Field required") }
        return problem(schema).map(bad)
    }

    /// The strictest common subset, read off the vendors' documentation.
    private func problem(_ schema: [String: Any]) -> String? {
        let keywords: Set = ["type", "properties", "required", "additionalProperties", "items", "enum", "description"]
        if let other = Set(schema.keys).subtracting(keywords).first { return "schema: '\(other)' is not permitted" }
        if schema["type"] as? String == "object" {
            guard let properties = schema["properties"] as? [String: [String: Any]],
                let required = schema["required"] as? [String], Set(required) == Set(properties.keys),
                schema["additionalProperties"] as? Bool == false
            else { return "schema: 'required' must hold every key and 'additionalProperties' must be false" }
            return properties.values.lazy.compactMap(problem).first
        }
        if schema["type"] as? String == "array" {
            guard let items = schema["items"] as? [String: Any] else { return "schema: array without items" }
            return problem(items)
        }
        return nil
    }

    private func bad(_ message: String) -> Refusal {
        Refusal(status: 400, type: "invalid_request_error", message: message)
    }
}
