import Synchronization

/// The seats of live streams; each costs a connection and a read of the database at every event.
final class LiveStreams: Sendable {
    static let limit = 32
    private let taken = Mutex(0)

    /// - Throws: ``Problem`` 503 when all are taken.
    func take() throws -> Seat {
        let isFree = taken.withLock { taken in
            guard taken < Self.limit else { return false }
            taken += 1
            return true
        }
        guard isFree else {
            throw Problem(
                .serviceUnavailable,
                "\(Self.limit) live streams are open, which is the most. Close one, or ask again later.",
                headers: [.retryAfter: "30"])
        }
        return Seat { [self] in taken.withLock { $0 -= 1 } }
    }

    /// Free again once nobody holds it, however the stream ends, also when it never begins.
    final class Seat: Sendable {
        private let leave: @Sendable () -> Void
        init(leave: @escaping @Sendable () -> Void) { self.leave = leave }
        deinit { leave() }
    }
}
