#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A fixed number of threads that do one piece of work together, again and again. The caller is one of them; the others sleep on
/// a condition between pieces and never spin, so a busy machine costs waiting, not work. One worker needs no thread.
///
/// A piece has as many parts as there are workers. A worker takes a part only once the system lets it run, so one that is kept
/// waiting by another process holds nothing up: who is there does its part too. What a part computes must not depend on who does it.
final class WorkerCrew {
    /// Shared by the threads: the counters only under the mutex; the rest is set before the threads start.
    private final class Shared: @unchecked Sendable {
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let begin = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        let parts: Int
        let work: (Int) -> Void
        let niceness: Int
        /// Of the present piece: parts taken by a worker, and parts done.
        var taken: Int
        var done: Int
        var isEnding = false

        init(parts: Int, work: @escaping (Int) -> Void, niceness: Int) {
            self.parts = parts
            self.work = work
            self.niceness = niceness
            taken = parts
            done = parts
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

        func serve() {
            if niceness != 0 { lowerPriorityOfThisThread(niceness) }
            pthread_mutex_lock(mutex)
            while !isEnding {
                if taken < parts { takeParts() } else { pthread_cond_wait(begin, mutex) }
            }
            pthread_mutex_unlock(mutex)
        }

        /// Does parts as long as there are any to take. The mutex is held when this is called and when it returns.
        func takeParts() {
            while taken < parts {
                let part = taken
                taken += 1
                pthread_mutex_unlock(mutex)
                work(part)
                pthread_mutex_lock(mutex)
                done += 1
                if done == parts { pthread_cond_signal(finished) }
            }
        }
    }

    private let shared: Shared
    private var threads: [pthread_t] = []

    /// Starts `count` − 1 threads. `work(part)`, for parts 0..<`count`, must be safe to run for all parts at once.
    init(count: Int, niceness: Int, work: @escaping (Int) -> Void) throws(TrainingError) {
        shared = Shared(parts: max(1, count), work: work, niceness: niceness)
        for started in 1..<max(1, count) {
            let shared = Unmanaged.passRetained(shared)
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().serve()
                    return nil
                }, shared.toOpaque())
            guard code == 0 else {
                shared.release()
                end()
                throw .threads(wanted: count, started: started)
            }
            threads.append(thread)
        }
    }

    /// Has all parts of one piece done and returns when they are.
    func perform() {
        guard !threads.isEmpty else { return shared.work(0) }
        pthread_mutex_lock(shared.mutex)
        shared.taken = 0
        shared.done = 0
        pthread_cond_broadcast(shared.begin)
        shared.takeParts()
        while shared.done < shared.parts { pthread_cond_wait(shared.finished, shared.mutex) }
        pthread_mutex_unlock(shared.mutex)
    }

    /// Does part 0 alone.
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
