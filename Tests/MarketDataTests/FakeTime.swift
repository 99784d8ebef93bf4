import MarketData
import Synchronization

/// Time that passes only by sleeping, at no cost.
final class FakeTime: Sendable {
    private let state = Mutex((now: Int64(0), slept: [Int64]()))

    /// Every sleep so far, in milliseconds.
    var slept: [Int64] { state.withLock(\.slept) }

    var timing: BinanceClient.Timing { timing { _ in } }

    /// - Parameter awake: told the new time after each sleep.
    func timing(awake: @escaping @Sendable (Int64) async -> Void) -> BinanceClient.Timing {
        BinanceClient.Timing(
            now: { self.state.withLock(\.now) },
            sleep: { milliseconds in
                let now = self.state.withLock {
                    $0.now += milliseconds
                    $0.slept.append(milliseconds)
                    return $0.now
                }
                await awake(now)
            })
    }
}
