import Crypto
import Foundation

/// The facts about one closed trade: the same case gives the same evidence, byte for byte.
public struct LossEvidence: Sendable, Hashable, Codable {
    public let trade: Int64
    /// Of the rules these facts were computed by; a newer one may say more.
    public let format: Int
    /// In the order of their ids, every kind once; what could not be found out is there with its reason.
    public let items: [EvidenceItem]

    public static let currentFormat = 1

    public init(trade: Int64, items: [EvidenceItem]) {
        self.trade = trade
        format = Self.currentFormat
        self.items = items.sorted { $0.id < $1.id }
    }

    /// The item of that kind unless it is missing.
    public subscript(kind: EvidenceKind) -> EvidenceItem? {
        items.first { $0.kind == kind && $0.missing == nil }
    }

    /// The item of that id unless it is missing.
    public subscript(id: EvidenceID) -> EvidenceItem? {
        items.first { $0.id == id && $0.missing == nil }
    }

    /// This evidence, with what an earlier look at the same trade still knew where it is missing now.
    public func completed(by earlier: LossEvidence) -> LossEvidence {
        LossEvidence(trade: trade, items: items.map { $0.missing == nil ? $0 : earlier[$0.kind] ?? $0 })
    }

    public var net: Double { self[.split]?.number("net") ?? 0 }

    /// Sorted keys, no white space: what is stored, hashed and handed to a model.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    public init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }

    /// SHA-256 of ``json()``, hexadecimal.
    public func digest() throws -> String {
        SHA256.hash(data: Data(try json().utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
