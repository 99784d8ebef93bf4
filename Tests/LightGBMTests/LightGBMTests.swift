import Foundation
import LightGBM
import Testing

/// Where ./run puts it, or where MARKETFLOW_ENSEMBLE_LIGHTGBM_LIBRARY says; these tests are left out without it.
private let libraryPath: String? = {
    let told = ProcessInfo.processInfo.environment["MARKETFLOW_ENSEMBLE_LIGHTGBM_LIBRARY"]
    let path = told ?? "data/lib/lib_lightgbm.so"
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()

struct LightGBMTests {
    @Test("a library that is not there is named, with what to do")
    func absent() {
        #expect {
            _ = try LightGBM(path: "/nowhere/lib_lightgbm.so")
        } throws: {
            "\($0)".contains("/nowhere/lib_lightgbm.so") && "\($0)".contains("ensemble.lightgbm_library")
        }
    }

    @Test("another library is not taken for LightGBM")
    func other() {
        #expect(throws: LightGBMError.missingFunction(path: "libm.so.6", name: "LGBM_GetLastError")) {
            _ = try LightGBM(path: "libm.so.6")
        }
    }

    @Test(
        "it learns what depends on two columns together and survives being written down",
        .enabled(if: libraryPath != nil))
    func learns() throws {
        let library = try LightGBM(path: try #require(libraryPath))
        #expect(library.modelVersion == "v4")
        let rows = (0..<400).flatMap { [Float($0 % 20), Float($0 / 20)] }
        let labels = (0..<400).map { Float($0 % 20 < 10 && $0 / 20 < 10 ? 1 : 0) }
        let model = try library.train(rows, columns: 2, labels: labels, settings: BoostingSettings())
        let answers = try model.probabilities([2, 2, 17, 2, 2, 17, 17, 17])
        #expect(answers[0] > 0.9 && answers[1...].allSatisfy { $0 < 0.1 })
        let again = try library.model(from: try model.text(), columns: 2)
        #expect(try again.probabilities([2, 2, 17, 2]) == Array(answers.prefix(2)))
    }

    @Test("the same rows and seed give the same trees", .enabled(if: libraryPath != nil))
    func deterministic() throws {
        let library = try LightGBM(path: try #require(libraryPath))
        let rows = (0..<600).map { Float(($0 * 7919) % 101) }
        let labels = (0..<200).map { Float(($0 * 31) % 2) }
        var settings = BoostingSettings()
        settings.columnShare = 0.7
        settings.rowShare = 0.8
        let texts = try (0..<2).map { _ in
            try library.train(rows, columns: 3, labels: labels, settings: settings).text()
        }
        #expect(texts[0] == texts[1])
    }

    @Test("rows that do not fit and answers that are all alike are refused", .enabled(if: libraryPath != nil))
    func refusals() throws {
        let library = try LightGBM(path: try #require(libraryPath))
        #expect(throws: LightGBMError.self) {
            _ = try library.train([1, 2, 3], columns: 2, labels: [0, 1], settings: BoostingSettings())
        }
        #expect(throws: LightGBMError.self) {
            _ = try library.train([1, 2, 3, 4], columns: 2, labels: [1, 1], settings: BoostingSettings())
        }
    }
}
