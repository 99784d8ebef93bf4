import ControlBot
import Foundation
import Testing

struct StrangerBookTests {
    private func called<Result>(_ book: inout StrangerBook, _ body: (inout StrangerBook) -> Result) -> Result {
        body(&book)
    }

    private let start = Date(timeIntervalSince1970: 1_700_000_000)

    @Test("five wrong codes within a quarter of an hour, then a wait that ends with the oldest of them")
    func guesses() {
        var book = StrangerBook()
        for index in 0..<5 {
            #expect(called(&book) { $0.wait(of: 7, at: start + Double(index)) } == nil)
            book.fail(7, at: start + Double(index))
        }
        #expect(called(&book) { $0.wait(of: 7, at: start + 100) } == 800)
        #expect(called(&book) { $0.wait(of: 8, at: start + 100) } == nil)
        #expect(called(&book) { $0.wait(of: 7, at: start + 900) } == nil)
    }

    @Test(
        "a thousand strangers fill the book: the next one is not answered and may not guess until the others were quiet"
    )
    func bounded() {
        var book = StrangerBook()
        for user in 0..<1_000 { #expect(called(&book) { $0.tell(Int64(user), at: start) }) }
        #expect(!called(&book) { $0.tell(5_000, at: start + 10) })
        #expect(called(&book) { $0.wait(of: 5_000, at: start + 10) } == 900)
        #expect(called(&book) { $0.tell(3, at: start + 700) }, "who is in the book is still treated as before")
        #expect(called(&book) { $0.tell(5_000, at: start + 900) })
        #expect(called(&book) { $0.wait(of: 5_000, at: start + 900) } == nil)
    }
}
