import Analyst
import Foundation
import Market
import Testing

@Suite("Evidence as JSON")
struct EvidenceCodingTests {
    private let evidence = LossEvidence(
        trade: 42,
        items: [
            EvidenceItem(.split, ["net": .number(-0.0125, .fraction), "fees": .number(-0.002, .fraction)]),
            EvidenceItem(.trade, ["symbol": .text("BTCUSDT"), "side": .side(.short), "bars": .number(7, .bars)]),
            EvidenceItem(.luck, missing: .noCandles),
        ])

    @Test("values stand flat, units beside them, keys in snake case and sorted")
    func form() throws {
        #expect(
            try evidence.json()
                == #"{"format":1,"items":[{"id":"E1","kind":"trade","units":{"bars":"bars","side":"side","symbol":"text"},"values":{"bars":7,"side":"short","symbol":"BTCUSDT"}},{"id":"E2","kind":"split","units":{"fees":"fraction","net":"fraction"},"values":{"fees":-0.002,"net":-0.0125}},{"id":"E17","kind":"luck","missing":"no_candles"}],"trade":42}"#
        )
    }

    @Test("what was written reads back the same, and so hashes the same")
    func roundTrip() throws {
        let read = try LossEvidence(json: try evidence.json())
        #expect(read == evidence)
        #expect(try read.digest() == evidence.digest())
    }

    @Test("a missing item is not found by its kind")
    func missing() {
        #expect(evidence[.luck] == nil)
        #expect(evidence.items.last?.missing == .noCandles)
    }

    @Test("a number that is not finite is left out")
    func notFinite() {
        #expect(EvidenceItem(.path, ["mae": .number(.nan, .fraction)]).values.isEmpty)
    }

    @Test("an unknown unit, side or id is refused")
    func refused() {
        for json in [
            #"{"format":1,"trade":1,"items":[{"id":"E2","kind":"split","units":{"net":"bananas"},"values":{"net":1}}]}"#,
            #"{"format":1,"trade":1,"items":[{"id":"E1","kind":"trade","units":{"side":"side"},"values":{"side":"up"}}]}"#,
        ] {
            #expect(throws: DecodingError.self) { try LossEvidence(json: json) }
        }
        #expect(EvidenceID(rawValue: "E0") == nil)
        #expect(EvidenceID(rawValue: "E18") == nil)
        #expect(EvidenceID(rawValue: "E17") != nil)
    }
}
