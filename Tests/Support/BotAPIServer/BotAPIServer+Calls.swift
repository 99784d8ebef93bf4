import Hummingbird
import NIOCore

/// A refusal in the server's words.
struct Refusal: Error {
    var code = 400
    var description: String
    var migrateTo: Int64?

    static func bad(_ text: String) -> Refusal { Refusal(description: "Bad Request: \(text)") }
}

extension BotAPIServer {
    /// One call, from the path to the answer, faults included.
    func answer(path: String, contentType: String, body: ByteBuffer) async -> Treatment {
        guard path.hasPrefix("/bot"), let slash = path.dropFirst(4).firstIndex(of: "/") else {
            return .answer(.refusal(404, "Not Found"))
        }
        let token = String(path[..<slash].dropFirst(4))
        let method = String(path[path.index(after: slash)...])
        if let refusal = refusal(ofToken: token) { return .answer(refusal) }
        guard let known = MethodTable.parameters[method.lowercased()] else {
            violation("unknown method \(method)")
            return .answer(.refusal(404, "Not Found: method not found"))
        }
        var form: CallForm
        do {
            form = try CallForm(contentType: contentType, body: body)
        } catch {
            violation("\(method): unreadable request (\(error))")
            return .answer(.refusal(400, "Bad Request: can't parse request"))
        }
        judge(&form, method, known)
        let call = log(
            LoggedCall(
                method: method, parameters: form.parameters, files: form.files.mapValues(\.name), status: nil,
                description: nil, at: .now))
        let treatment = await treat(method, form)
        note(treatment, on: call)
        return treatment
    }

    private func refusal(ofToken token: String) -> Answer? {
        if token == self.token { return nil }
        let isMalformed = token.hasPrefix("0") || token.count > 80 || !token.contains(":")
        return .refusal(401, isMalformed ? "Unauthorized: invalid token specified" : "Unauthorized")
    }

    /// Notes what the specification does not know, and turns a literal null into the word, as the real server does.
    private func judge(_ form: inout CallForm, _ method: String, _ known: Set<String>) {
        for name in form.parameters.keys where !known.contains(name) {
            violation("\(method): unknown parameter \(name)")
        }
        for (name, value) in form.parameters where value == .null {
            violation("\(method): literal null for \(name)")
            form.parameters[name] = "null"
        }
        if form.parameters["parse_mode"] != nil { violation("\(method): parse_mode") }
    }

    private func treat(_ method: String, _ form: CallForm) async -> Treatment {
        switch nextFault(for: method) {
        case nil: return await carryOut(method, form)
        case .status(let code, let description, let retryAfter, let migrateTo):
            if code == 429, let retryAfter, let chat = form.parameters["chat_id"]?.int {
                world.pausedUntil[chat] = .now + .seconds(retryAfter)
            }
            return .answer(
                .refusal(
                    code, description ?? MethodTable.defaultText(code, retryAfter: retryAfter), retryAfter: retryAfter,
                    migrateTo: migrateTo))
        case .drop: return .cut
        case .hang:
            await withCheckedContinuation { hanging.append($0) }
            return .cut
        case .html502:
            let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
            return .answer(Answer(status: 502, body: page, contentType: "text/html", description: "Bad Gateway"))
        case .garbage: return .answer(Answer(status: 200, body: "{\"ok\":tru"))
        case .lossAfterExecution:
            _ = await carryOut(method, form)
            return .cut
        case .half:
            if case .answer(let answer) = await carryOut(method, form) { return .cutInside(answer) }
            return .cut
        case .slow(let delay):
            let treatment = await carryOut(method, form)
            // why: a cancelled wait means that the server is being stopped.
            try? await Task.sleep(for: delay)
            return treatment
        }
    }

    private func carryOut(_ method: String, _ form: CallForm) async -> Treatment {
        do {
            if method.lowercased() == "getupdates" { return try await getUpdates(form) }
            return .answer(.success(try perform(method.lowercased(), form)))
        } catch let refusal as Refusal {
            return .answer(.refusal(refusal.code, refusal.description, migrateTo: refusal.migrateTo))
        } catch {
            violation("\(method): malformed parameter (\(error))")
            return .answer(.refusal(400, "Bad Request: can't parse parameters"))
        }
    }
}

/// The methods this server has, in lower case, and the parameters each may be given.
enum MethodTable {
    private static let sending: Set<String> = [
        "chat_id", "message_thread_id", "disable_notification", "protect_content", "reply_parameters", "reply_markup",
        "parse_mode",
    ]

    static let parameters: [String: Set<String>] = [
        "getme": [],
        "getupdates": ["offset", "limit", "timeout", "allowed_updates"],
        "sendmessage": sending.union(["text", "entities", "link_preview_options"]),
        "sendphoto": sending.union(["photo", "caption", "caption_entities"]),
        "senddocument": sending.union([
            "document", "caption", "caption_entities", "disable_content_type_detection",
        ]),
        "editmessagetext": [
            "chat_id", "message_id", "text", "entities", "link_preview_options", "reply_markup", "parse_mode",
        ],
        "editmessagecaption": ["chat_id", "message_id", "caption", "caption_entities", "reply_markup", "parse_mode"],
        "editmessagereplymarkup": ["chat_id", "message_id", "reply_markup"],
        "deletemessage": ["chat_id", "message_id"],
        "answercallbackquery": ["callback_query_id", "text", "show_alert", "url", "cache_time"],
        "setmycommands": ["commands", "scope", "language_code"],
        "deletemycommands": ["scope", "language_code"],
        "sendchataction": ["chat_id", "message_thread_id", "action"],
        "pinchatmessage": ["chat_id", "message_id", "disable_notification"],
        "deletewebhook": ["drop_pending_updates"],
        "getwebhookinfo": [],
    ]

    static func defaultText(_ code: Int, retryAfter: Int?) -> String {
        switch code {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden: bot was blocked by the user"
        case 404: "Not Found"
        case 409:
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        case 429: "Too Many Requests: retry after \(retryAfter ?? 1)"
        case 500: "Internal Server Error: restart"
        default: "Bad Gateway"
        }
    }
}
