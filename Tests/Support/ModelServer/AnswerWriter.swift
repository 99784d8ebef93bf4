import Foundation

/// Answers in the vendors' shapes: whole, and as events of seven characters each.
struct AnswerWriter {
    let isAnthropic: Bool
    let model: String

    static func text(_ json: Any) -> String {
        // What this file builds is always JSON.
        String(
            decoding: (try? JSONSerialization.data(withJSONObject: json, options: .sortedKeys)) ?? Data(), as: UTF8.self
        )
    }

    func whole(_ text: String, finish: String?, isRefusal: Bool) -> String {
        if isAnthropic {
            return Self.text([
                "id": "msg_1", "type": "message", "role": "assistant", "model": model,
                "content": [["type": "text", "text": text]], "stop_reason": finish ?? "end_turn",
                "stop_sequence": NSNull(), "usage": ["input_tokens": 11, "output_tokens": 7],
            ])
        }
        let message: [String: Any] =
            isRefusal
            ? ["role": "assistant", "content": NSNull(), "refusal": text]
            : ["role": "assistant", "content": text, "refusal": NSNull()]
        return Self.text([
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
            "choices": [["index": 0, "message": message, "finish_reason": finish ?? "stop"]],
            "usage": ["prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18],
        ])
    }

    func events(_ text: String, finish: String?) -> [String] {
        let pieces = Self.pieces(text)
        if isAnthropic {
            return [
                event([
                    "type": "message_start",
                    "message": ["model": model, "usage": ["input_tokens": 11, "output_tokens": 1]],
                ]),
                event(["type": "ping"]),
                event(["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""]]),
            ]
                + pieces.map {
                    event(["type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": $0]])
                } + [
                    event(["type": "content_block_stop", "index": 0]),
                    event([
                        "type": "message_delta", "delta": ["stop_reason": finish ?? "end_turn"],
                        "usage": ["output_tokens": 7],
                    ]), event(["type": "message_stop"]),
                ]
        }
        return [chunk(["role": "assistant", "content": NSNull()], nil)] + pieces.map { chunk(["content": $0], nil) }
            + [": ping\n\n", chunk([:], finish ?? "stop"), usage, "data: [DONE]\n\n"]
    }

    func refusalEvents(_ text: String) -> [String] {
        if isAnthropic { return events(text, finish: "refusal") }
        return [chunk(["role": "assistant", "content": ""], nil)]
            + Self.pieces(text).map { chunk(["refusal": $0], nil) }
            + [chunk([:], "stop"), "data: [DONE]\n\n"]
    }

    var streamError: String {
        let error: [String: Any] = ["type": "overloaded_error", "message": "Overloaded"]
        return isAnthropic ? event(["type": "error", "error": error]) : "data: \(Self.text(["error": error]))\n\n"
    }

    private var usage: String {
        let usage = ["prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18]
        return "data: \(Self.text(["object": "chat.completion.chunk", "choices": [Any](), "usage": usage]))\n\n"
    }

    private func chunk(_ delta: [String: Any], _ finish: String?) -> String {
        let choice: [String: Any] = ["index": 0, "delta": delta, "finish_reason": finish ?? NSNull()]
        return "data: \(Self.text(["object": "chat.completion.chunk", "model": model, "choices": [choice]]))\n\n"
    }

    private func event(_ json: [String: Any]) -> String {
        "event: \(json["type"] as? String ?? "")\ndata: \(Self.text(json))\n\n"
    }

    private static func pieces(_ text: String) -> [String] {
        var rest = text[...]
        var pieces: [String] = []
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(7)))
            rest = rest.dropFirst(7)
        }
        return pieces
    }
}
