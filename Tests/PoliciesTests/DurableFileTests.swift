import Foundation
import Policies
import Testing

/// Files that are wholly there or not at all.
struct DurableFileTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a file is written, replaced, and nothing is left beside it")
    func replaced() throws {
        let file = folder.file("weights")
        for text in ["one", "two, longer", ""] {
            try DurableFile.write(Data(text.utf8), to: file)
            #expect(try Data(contentsOf: file) == Data(text.utf8))
        }
        #expect(try folder.names() == ["weights"])
    }

    @Test("when it cannot be written the old file stays as it was")
    func kept() throws {
        let file = folder.file("weights")
        try DurableFile.write(Data("old".utf8), to: file)
        // A folder where the new content would be written aside.
        try FileManager.default.createDirectory(at: folder.file(".weights.partial"), withIntermediateDirectories: true)
        #expect(throws: FileFailure.self) { try DurableFile.write(Data("new".utf8), to: file) }
        #expect(try Data(contentsOf: file) == Data("old".utf8))
    }

    @Test(
        "when the disk is full the old file stays as it was",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func diskFull() throws {
        let file = folder.file("weights")
        try DurableFile.write(Data("old".utf8), to: file)
        // Every write to this device fails as one to a full disk does.
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(".weights.partial").path, withDestinationPath: "/dev/full")
        let failure = #expect(throws: FileFailure.self) { try DurableFile.write(Data("new".utf8), to: file) }
        #expect(
            failure?.description.contains("No space left on device. Nothing that was there before was changed.") == true
        )
        #expect(try Data(contentsOf: file) == Data("old".utf8))
    }

    @Test("a rename onto something that is in the way says so and keeps both")
    func moved() throws {
        try DurableFile.write(Data("new".utf8), to: folder.file("new"))
        try FileManager.default.createDirectory(at: folder.file("occupied/inside"), withIntermediateDirectories: true)
        let failure = #expect(throws: FileFailure.self) {
            try DurableFile.move(folder.file("new"), to: folder.file("occupied"))
        }
        #expect(failure?.path == folder.file("occupied").path)
        #expect(try folder.names() == ["new", "occupied"])
    }
}
