import Foundation

/// Wall and CPU time since it was made, and the memory of this process.
struct Measurement {
    private let began = ContinuousClock.now
    private let usedBefore = Measurement.used

    var wallSeconds: Double { max((ContinuousClock.now - began) / .seconds(1), 1e-9) }

    /// Of all threads, in user and system mode.
    var cpuSeconds: Double { max(Self.seconds(Self.used) - Self.seconds(usedBefore), 1e-9) }

    /// The most memory this process ever held.
    static var peakResidentBytes: Int { used.ru_maxrss * 1024 }

    private static var used: rusage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage
    }

    private static func seconds(_ usage: rusage) -> Double {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
