import Foundation
import Neural
import Testing

@Suite("Tensor files")
struct TensorArchiveTests {
    private let archive = TensorArchive(
        kind: "test", metadata: "{\"a\":1}",
        tensors: [
            Tensor(name: "w", shape: [2, 3], floats: [1, -2, 3.5, 0, .leastNonzeroMagnitude, 6]),
            Tensor(name: "d", doubles: [.pi, -1e300]),
            Tensor(name: "b", bytes: [0, 255, 7]),
            Tensor(name: "empty", bytes: []),
        ])

    @Test("what was written is read, bit for bit")
    func roundTrip() throws {
        let read = try TensorArchive(decoding: archive.encoded(), kind: "test")
        #expect(read == archive)
        #expect(try read.floats("w", shape: [2, 3]) == [1, -2, 3.5, 0, .leastNonzeroMagnitude, 6])
        #expect(try read.doubles("d", count: 2) == [.pi, -1e300])
    }

    @Test("a change of any one byte is refused")
    func damage() {
        let data = archive.encoded()
        for index in data.indices {
            var damaged = data
            damaged[index] ^= 0x10
            #expect(throws: TensorArchiveError.self) { try TensorArchive(decoding: damaged, kind: "test") }
        }
    }

    @Test("a file cut short anywhere is refused")
    func truncation() {
        let data = archive.encoded()
        for length in 0..<data.count {
            #expect(throws: TensorArchiveError.self) { try TensorArchive(decoding: data.prefix(length), kind: "test") }
        }
    }

    @Test("foreign bytes, another version and another kind are refused with the reason")
    func foreign() {
        #expect(throws: TensorArchiveError.notAnArchive) {
            try TensorArchive(decoding: Data("just some text that is long enough".utf8), kind: "test")
        }
        var newer = archive.encoded()
        newer[8] = 9
        #expect(throws: TensorArchiveError.version(found: 9)) { try TensorArchive(decoding: newer, kind: "test") }
        #expect(throws: TensorArchiveError.kind(expected: "policy", found: "test")) {
            try TensorArchive(decoding: archive.encoded(), kind: "policy")
        }
    }

    @Test("a tensor that is missing, of another shape or not finite is refused by name")
    func tensors() {
        let bad = TensorArchive(kind: "t", metadata: "", tensors: [Tensor(name: "n", shape: [1], floats: [.nan])])
        #expect(throws: TensorArchiveError.missing(tensor: "x")) { try archive.floats("x", shape: [1]) }
        #expect(throws: TensorArchiveError.shape(tensor: "w", expected: [3, 2], found: [2, 3])) {
            try archive.floats("w", shape: [3, 2])
        }
        #expect(throws: TensorArchiveError.notFinite(tensor: "n")) { try bad.floats("n", shape: [1]) }
        #expect(throws: TensorArchiveError.element(tensor: "b", expected: "float32", found: "uint8")) {
            try archive.floats("b", shape: [3])
        }
    }
}
