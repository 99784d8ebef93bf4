import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BotClient {
    /// Asks for updates and waits for some to come.
    ///
    /// - Parameters:
    ///   - offset: the first update wanted; all below it are confirmed and forgotten by the server. Nil for the oldest.
    ///   - limit: 1–100.
    ///   - timeout: seconds the server may hold the request, 0–50. The call itself gets five seconds more.
    ///   - allowed: kinds to deliver; the server remembers them.
    /// - Returns: in the server's order; what cannot be understood comes as ``Update/Payload-swift.enum/unknown``.
    public func getUpdates(
        offset: Int64? = nil, limit: Int = 100, timeout: Int = 0, allowed: [String] = Update.understoodKinds
    ) async throws(APIFailure) -> [Update] {
        var parameters = CallParameters()
        parameters.set("offset", offset)
        parameters.set("limit", limit)
        parameters.set("timeout", timeout)
        parameters.set("allowed_updates", json: allowed)
        let answer = try await exchange("getUpdates", parameters, timeout: .seconds(timeout + 5))
        if let updates = UpdateBatch.read(answer.body) { return updates }
        throw APIFailure(
            method: "getUpdates", code: answer.status, reason: "the answer could not be read", verdict: .uncertain)
    }
}

/// Reads a batch of updates, however odd one of them is.
enum UpdateBatch {
    private struct Lenient: Decodable {
        var update: Update?
        init(from decoder: any Decoder) throws {
            update = try? Update(from: decoder)  // why: one without a number can be neither handled nor confirmed
        }
    }

    /// Nil when `body` is no answer of the server at all.
    static func read(_ body: ByteBuffer) -> [Update]? {
        do {
            let batch = try JSONDecoder().decode(Success<[Lenient]>.self, from: Data(body.readableBytesView))
            return batch.result.compactMap(\.update)
        } catch {
            return salvage(body.readableBytesView)
        }
    }

    /// When one update breaks the JSON of the whole (nested too deeply, half a surrogate pair), its number still has to be
    /// learnt, or the server would send it for ever. The numbers are read off the bytes (inside a message's text the key's
    /// quotes would be escaped); the contents are given up.
    static func salvage(_ bytes: some Collection<UInt8>) -> [Update]? {
        let bytes = Array(bytes)
        guard bytes.starts(with: #"{"ok":true,"result":[{"#.utf8), bytes.hasSuffix("}]}") else { return nil }
        let key = Array(#""update_id":"#.utf8)
        var ids: [Int64] = []
        var index = 0
        while let start = bytes[index...].firstRange(of: key)?.upperBound {
            let digits = bytes[start...].prefix { (0x30...0x39).contains($0) }
            if let id = Int64(String(decoding: digits, as: UTF8.self)) { ids.append(id) }
            index = digits.endIndex
        }
        return ids.isEmpty ? nil : ids.map { Update(id: $0, payload: .unknown) }
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
