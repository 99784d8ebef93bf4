import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Calls to the Bot API: one call, one request, no retries. See `BotClient+Methods.swift` for the methods by name.
public struct BotClient: Sendable {
    public let token: BotToken
    public let server: BotServer
    public let transport: BotTransport
    /// For a whole call, unless the call says otherwise.
    public var timeout: Duration
    /// An answer above this is refused; the server keeps below 4 MiB of updates.
    public var answerLimit = 16 << 20

    public init(
        token: BotToken, server: BotServer = .telegram, transport: BotTransport = BotTransport(),
        timeout: Duration = .seconds(20)
    ) {
        self.token = token
        self.server = server
        self.transport = transport
        self.timeout = timeout
    }

    /// Calls any method.
    ///
    /// - Parameters:
    ///   - method: the server's name for it, such as `sendMessage`.
    ///   - file: goes up as `multipart/form-data` under `field`; without one the call is JSON.
    ///   - timeout: for this call; nil for the client's.
    /// - Throws: whatever goes wrong, classified.
    public func call<Result: Decodable & Sendable>(
        _ method: String, _ parameters: CallParameters = CallParameters(),
        file: (field: String, upload: FileUpload)? = nil, timeout: Duration? = nil, returning: Result.Type = Result.self
    ) async throws(APIFailure) -> Result {
        let answer = try await exchange(method, parameters, file: file, timeout: timeout)
        do {
            return try JSONDecoder().decode(Success<Result>.self, from: Data(answer.body.readableBytesView)).result
        } catch {
            throw APIFailure(
                method: method, code: answer.status, reason: "the answer could not be read", verdict: .uncertain)
        }
    }

    /// The answer of a call the server carried out; refusals are thrown.
    func exchange(
        _ method: String, _ parameters: CallParameters, file: (field: String, upload: FileUpload)? = nil,
        timeout: Duration? = nil
    ) async throws(APIFailure) -> TransportAnswer {
        let request = try request(method, parameters, file: file)
        let answer: TransportAnswer
        do {
            answer = try await transport.exchange(request, timeout: timeout ?? self.timeout, answerLimit: answerLimit)
        } catch {
            throw APIFailure(
                method: method, code: nil, reason: error.reason, verdict: error.requestLeft ? .uncertain : .neverSent)
        }
        if let failure = Self.failure(method, answer) { throw redacted(failure) }
        return answer
    }

    private func request(
        _ method: String, _ parameters: CallParameters, file: (field: String, upload: FileUpload)?
    ) throws(APIFailure) -> HTTPClient.Request {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            let contentType: String
            let body: ByteBuffer
            if let file {
                var form = MultipartForm()
                for (name, value) in parameters.fields { form.append(field: name, try value.formText(encoder)) }
                form.append(file: file.upload, as: file.field)
                form.finish()
                (contentType, body) = (form.contentType, form.body)
            } else {
                (contentType, body) = ("application/json", ByteBuffer(bytes: try encoder.encode(parameters)))
            }
            return try HTTPClient.Request(
                url: "\(server.baseURL)/bot\(token.secret)/\(method)", method: .POST,
                headers: ["Content-Type": contentType], body: .byteBuffer(body))
        } catch {
            // The error is not repeated: it may quote the address.
            throw APIFailure(
                method: method, code: nil, reason: "the request could not be written", verdict: .rejected)
        }
    }

    /// Nothing that comes from outside may carry the token on.
    private func redacted(_ failure: APIFailure) -> APIFailure {
        var failure = failure
        failure.reason = token.redacting(failure.reason)
        return failure
    }
}

/// `{"ok":true,"result":…}`.
struct Success<Result: Decodable>: Decodable {
    var result: Result
}

extension BotClient {
    private struct Envelope: Decodable {
        struct Parameters: Decodable {
            var retryAfter: Int?
            var migrateToChatID: Int64?

            enum CodingKeys: String, CodingKey {
                case retryAfter = "retry_after"
                case migrateToChatID = "migrate_to_chat_id"
            }
        }

        var ok: Bool
        var errorCode: Int?
        var description: String?
        var parameters: Parameters?

        enum CodingKeys: String, CodingKey {
            case ok, description, parameters
            case errorCode = "error_code"
        }
    }

    /// Nil when the server carried the call out.
    private static func failure(_ method: String, _ answer: TransportAnswer) -> APIFailure? {
        if answer.status == 200, answer.body.beginsLikeSuccess { return nil }
        let envelope: Envelope
        do {
            envelope = try JSONDecoder().decode(Envelope.self, from: Data(answer.body.readableBytesView))
        } catch {
            return unreadable(method, answer)
        }
        if envelope.ok { return nil }
        return APIFailure(
            method: method,
            refusal: Refusal(
                code: envelope.errorCode ?? answer.status,
                description: envelope.description ?? "refused without a reason",
                retryAfter: envelope.parameters?.retryAfter ?? answer.retryAfter,
                migrateToChatID: envelope.parameters?.migrateToChatID))
    }

    /// A page that does not come from the Bot API server but from something in front of it.
    private static func unreadable(_ method: String, _ answer: TransportAnswer) -> APIFailure {
        let (reason, verdict): (String, FailureVerdict) =
            switch answer.status {
            case 429: ("too many requests", .retryAfter(seconds: max(1, answer.retryAfter ?? 5)))
            case 413: ("the request is too large", .tooLarge)
            case 500...: ("a server in front of the Bot API answered", .uncertain)
            case 300..<500: ("this is not a Bot API server's answer", .methodUnknown)
            default: ("the answer is not JSON", .uncertain)
            }
        return APIFailure(method: method, code: answer.status, reason: reason, verdict: verdict)
    }
}

extension ByteBuffer {
    /// Spares a second parse of large answers; anything else is decoded and looked at.
    fileprivate var beginsLikeSuccess: Bool { readableBytesView.starts(with: #"{"ok":true"#.utf8) }
}
