import Foundation
import Synchronization

/// A named thread of low priority for heavy work, fed by a queue, so that number crunching never holds a thread of the
/// cooperative pool: two busy tasks there would freeze the chat, the scheduler and the shutdown alike.
public final class WorkerThread: Sendable {
    private struct Queue {
        var work: [@Sendable () -> Void] = []
        var isClosed = false
    }

    /// Invariant that makes it Sendable: NSCondition is a lock, and `queue` is touched only while it is held.
    private final class Shared: @unchecked Sendable {
        let condition = NSCondition()
        var queue = Queue()
    }

    private let shared = Shared()

    /// - Parameter niceness: 0…19, added to the process's own.
    public init(name: String, niceness: Int) {
        let shared = shared
        let thread = Thread {
            // 0 means the calling thread on Linux.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness))
            while let work = Self.next(shared) { work() }
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `work` on the thread after what was queued before it.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            shared.condition.lock()
            defer { shared.condition.unlock() }
            guard !shared.queue.isClosed else { return continuation.resume(throwing: CancellationError()) }
            shared.queue.work.append { continuation.resume(with: Result(catching: work)) }
            shared.condition.signal()
        }
    }

    /// Ends the thread after what is queued.
    public func close() {
        shared.condition.lock()
        shared.queue.isClosed = true
        shared.condition.signal()
        shared.condition.unlock()
    }

    private static func next(_ shared: Shared) -> (@Sendable () -> Void)? {
        shared.condition.lock()
        defer { shared.condition.unlock() }
        while shared.queue.work.isEmpty {
            if shared.queue.isClosed { return nil }
            shared.condition.wait()
        }
        return shared.queue.work.removeFirst()
    }
}

/// Waits on a worker thread for something asynchronous. Never call it from async code.
func waitFor<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task {
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        result.withLock { $0 = outcome }
        done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
    return try outcome.get()
}
