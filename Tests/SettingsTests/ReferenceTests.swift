import Foundation
import Settings
import Testing

@Suite("The reference of settings")
struct ReferenceTests {
    /// `WRITE_REFERENCE=1 swift test --filter ReferenceTests` writes the page anew.
    @Test("docs/configuration.md is what the table of keys says")
    func document() throws {
        let page = URL(filePath: projectRoot + "/docs/configuration.md")
        if ProcessInfo.processInfo.environment["WRITE_REFERENCE"] != nil {
            try Settings.reference().write(to: page, atomically: true, encoding: .utf8)
        }
        let isCurrent = try String(contentsOf: page, encoding: .utf8) == Settings.reference()
        #expect(isCurrent, "Run: WRITE_REFERENCE=1 swift test --filter ReferenceTests")
    }

    @Test("every key has an environment variable of its own and a sentence")
    func keys() {
        let rows = Settings().rows
        let variables = rows.map { $0.path.replacing(".", with: "_").uppercased() }
        #expect(Set(variables).count == rows.count)
        for row in rows {
            #expect(row.meaning.hasSuffix("."), "\(row.path)")
            #expect(!row.allowed.isEmpty, "\(row.path)")
        }
    }
}
