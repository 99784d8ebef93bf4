import Foundation
import GRDB

extension Store {
    /// A value at once and after every commit of this process that may have changed the log or the outbox. Signals that come
    /// while the reader is busy are merged.
    public func signals() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let observation = DatabaseRegionObservation(tracking: Table("events"), Table("outbox"))
            let cancellable = observation.start(
                in: pool, onError: { _ in continuation.finish() }, onChange: { _ in continuation.yield() })
            continuation.onTermination = { _ in cancellable.cancel() }
            // Queued behind the observer's own registration, so that no commit falls between the two unseen.
            pool.asyncWriteWithoutTransaction { _ in continuation.yield() }
        }
    }
}
