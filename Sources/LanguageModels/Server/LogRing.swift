import Synchronization

/// The last lines a server wrote.
final class LogRing: Sendable {
    private let capacity: Int
    private let lines = Mutex<[String]>([])

    init(capacity: Int = 200) { self.capacity = capacity }

    func append(_ line: String) {
        lines.withLock { lines in
            if lines.count == capacity { lines.removeFirst() }
            lines.append(line)
        }
    }

    func removeAll() { lines.withLock { $0.removeAll() } }
    var all: [String] { lines.withLock { $0 } }
}
