import Foundation
import Policies
import Simulation

extension PublishedPolicy {
    /// The policy in a folder named on the command line.
    init(path: String) throws {
        do {
            self = try PolicyRegistry.load(from: URL(fileURLWithPath: path, isDirectory: true))
        } catch PolicyError.missing(let file) {
            throw CommandError("\(path) is not the folder of a policy: there is no \(file).")
        }
    }

    /// The layout its observations are made in.
    func layout() throws -> ObservationLayout {
        guard let layout = ObservationLayout.named(manifest.layout) else {
            throw MarketTablesError.unknownLayout(version: manifest.layout)
        }
        return layout
    }
}
