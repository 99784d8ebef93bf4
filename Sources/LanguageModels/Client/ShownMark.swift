import Synchronization

/// Set once text of an answer was handed on: from then on nothing may be tried again.
final class ShownMark: Sendable {
    private let mark = Atomic<Bool>(false)

    var isSet: Bool { mark.load(ordering: .acquiring) }
    func set() { mark.store(true, ordering: .releasing) }
}
