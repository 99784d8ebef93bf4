#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A fixed number of threads that do one piece of work together, again and again. The caller is worker 0; the others sleep on a
/// condition between pieces and never spin, so a busy machine costs waiting, not work. One worker needs no thread.
final class WorkerCrew {
    /// Shared by the threads: the counters only under the mutex; `work` is set before the threads start and then only called.
    private final class Shared: @unchecked Sendable {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let begin = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        let work: (Int) -> Void
        let niceness: Int
        var piece = 0
        var running = 0
        var isEnding = false

        init(work: @escaping (Int) -> Void, niceness: Int) {
            self.work = work
            self.niceness = niceness
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(begin, nil)
            pthread_cond_init(finished, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            pthread_cond_destroy(begin)
            pthread_cond_destroy(finished)
            mutex.deallocate()
            begin.deallocate()
            finished.deallocate()
        }

        func serve(_ worker: Int) {
            if niceness != 0 { lowerPriorityOfThisThread(niceness) }
            var seen = 0
            while true {
                pthread_mutex_lock(mutex)
                while piece == seen, !isEnding { pthread_cond_wait(begin, mutex) }
                seen = piece
                let ends = isEnding
                pthread_mutex_unlock(mutex)
                if ends { return }
                work(worker)
                pthread_mutex_lock(mutex)
                running -= 1
                if running == 0 { pthread_cond_signal(finished) }
                pthread_mutex_unlock(mutex)
            }
        }
    }

    private final class Start {
        let shared: Shared
        let worker: Int

        init(shared: Shared, worker: Int) {
            self.shared = shared
            self.worker = worker
        }
    }

    private let shared: Shared
    private var threads: [pthread_t] = []

    /// Starts `count` − 1 threads. `work(worker)` must be safe to run for all workers at once.
    init(count: Int, niceness: Int, work: @escaping (Int) -> Void) throws(TrainingError) {
        shared = Shared(work: work, niceness: niceness)
        for worker in 1..<max(1, count) {
            let start = Unmanaged.passRetained(Start(shared: shared, worker: worker))
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                    start.shared.serve(start.worker)
                    return nil
                }, start.toOpaque())
            guard code == 0 else {
                start.release()
                end()
                throw .threads(wanted: count, started: worker)
            }
            threads.append(thread)
        }
    }

    /// Runs one piece on every worker and returns when all have finished it.
    func perform() {
        guard !threads.isEmpty else { return shared.work(0) }
        pthread_mutex_lock(shared.mutex)
        shared.running = threads.count
        shared.piece += 1
        pthread_cond_broadcast(shared.begin)
        pthread_mutex_unlock(shared.mutex)
        shared.work(0)
        pthread_mutex_lock(shared.mutex)
        while shared.running > 0 { pthread_cond_wait(shared.finished, shared.mutex) }
        pthread_mutex_unlock(shared.mutex)
    }

    /// Runs worker 0's share on the caller alone.
    func performAlone() { shared.work(0) }

    /// Ends and joins the threads.
    func end() {
        pthread_mutex_lock(shared.mutex)
        shared.isEnding = true
        pthread_cond_broadcast(shared.begin)
        pthread_mutex_unlock(shared.mutex)
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}

/// Gives the calling thread a niceness of 0 (normal) to 19 (last); a refused request leaves it as it was.
public func lowerPriorityOfThisThread(_ niceness: Int) {
    #if os(Linux)
        // On Linux a priority belongs to the thread; 0 means the calling one.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness))
    #endif
}
