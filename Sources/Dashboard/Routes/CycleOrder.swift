import Foundation
import Store

/// The body of an order for a cycle: `{"steps": N, "seed": S}`, both optional, as is the body.
struct CycleOrder: Sendable, Decodable {
    var steps: Int?
    var seed: UInt64?

    /// - Throws: ``Problem`` 400 that says what is wrong.
    init(decoding data: Data) throws {
        guard !data.isEmpty else { return }
        do { self = try JSONDecoder().decode(Self.self, from: data) } catch DecodingError.dataCorrupted {
            throw Problem.badRequest("The body is not JSON. \(Self.fault(in: data)) Nothing was done.")
        } catch is DecodingError {
            throw Problem.badRequest("The body must be a JSON object such as {\"steps\": 50000, \"seed\": 7}.")
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        if let other = members.allKeys.first(where: { !Member.known.contains($0.stringValue) }) {
            throw Problem.badRequest("“\(other.stringValue.prefix(100))” is not known here; “steps” and “seed” are.")
        }
        steps = try Self.whole("steps", in: 1_000...1_000_000_000, of: members)
        seed = try Self.whole("seed", in: 0...UInt64.max, of: members)
    }

    private static func whole<Number: FixedWidthInteger & Decodable>(
        _ name: String, in range: ClosedRange<Number>, of members: KeyedDecodingContainer<Member>
    ) throws -> Number? {
        let problem = Problem.badRequest(
            "“\(name)” must be a whole number from \(range.lowerBound) to \(range.upperBound). Nothing was done.")
        let number: Number?
        // A number that does not fit is refused by an error that is no DecodingError.
        do { number = try members.decodeIfPresent(Number.self, forKey: Member(stringValue: name)) } catch {
            throw problem
        }
        if let number, !range.contains(number) { throw problem }
        return number
    }

    /// What is wrong and where, in the words of the parser that tells it.
    private static func fault(in data: Data) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            return ""
        } catch {
            return (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
        }
    }

    private struct Member: CodingKey {
        static let known: Set = ["steps", "seed"]
        let stringValue: String
        let intValue: Int? = nil

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Whether `record` may be what this order led to; what the order left open fits anything.
    func matches(_ record: CycleRecord) -> Bool {
        (steps == nil || steps == record.steps) && (seed == nil || seed.map { Int64(bitPattern: $0) } == record.seed)
    }
}
