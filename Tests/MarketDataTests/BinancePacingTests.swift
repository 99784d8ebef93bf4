import MarketData
import Testing

/// The rules of Binance's request limits, with times in milliseconds.
struct BinancePacingTests {
    private let trouble = BinanceError.serverFailure(status: 502, host: "h")

    @Test("a request goes out at once and its answer is delivered")
    func calm() {
        var pacing = BinancePacing()
        #expect(pacing.admit(now: 0) == .send)
        #expect(pacing.react(to: .answered(usedWeight: 4800), attempt: 1, now: 10) == .deliver)
        #expect(pacing.admit(now: 10) == .send)
    }

    @Test("above four fifths of the limit pauses grow to a minute at the limit")
    func nearLimit() {
        var pacing = BinancePacing(weightLimit: 6000)
        _ = pacing.react(to: .answered(usedWeight: 5400), attempt: 1, now: 1000)
        #expect(pacing.admit(now: 1000) == .wait(milliseconds: 30_000))
        _ = pacing.react(to: .answered(usedWeight: 6000), attempt: 1, now: 31_000)
        #expect(pacing.admit(now: 31_000) == .wait(milliseconds: 60_000))
        _ = pacing.react(to: .answered(usedWeight: 7000), attempt: 1, now: 31_000)
        #expect(pacing.admit(now: 31_000) == .wait(milliseconds: 60_000))
        #expect(pacing.admit(now: 91_000) == .send)
    }

    @Test("after a 429 nothing is sent for as long as Retry-After says")
    func rateLimited() {
        var pacing = BinancePacing()
        #expect(pacing.react(to: .rateLimited(retryAfterSeconds: 7), attempt: 1, now: 0) == .retry)
        #expect(pacing.admit(now: 1) == .wait(milliseconds: 6999))
        #expect(pacing.admit(now: 7000) == .send)
    }

    @Test("a 429 without Retry-After counts as a minute")
    func rateLimitedWithoutHeader() {
        var pacing = BinancePacing()
        #expect(pacing.react(to: .rateLimited(retryAfterSeconds: nil), attempt: 1, now: 0) == .retry)
        #expect(pacing.admit(now: 0) == .wait(milliseconds: 60_000))
    }

    @Test("a long Retry-After is told to the caller, and to everyone who asks before it is over")
    func longLimit() {
        var pacing = BinancePacing()
        #expect(
            pacing.react(to: .rateLimited(retryAfterSeconds: 600), attempt: 1, now: 0)
                == .fail(.rateLimited(retryAfterSeconds: 600)))
        #expect(pacing.admit(now: 100_000) == .refuse(.rateLimited(retryAfterSeconds: 500)))
        #expect(pacing.admit(now: 500_000) == .wait(milliseconds: 100_000))
    }

    @Test("the fourth 429 in a row ends the request")
    func stubbornLimit() {
        var pacing = BinancePacing()
        for attempt in 1...3 {
            #expect(pacing.react(to: .rateLimited(retryAfterSeconds: 1), attempt: attempt, now: 0) == .retry)
        }
        #expect(
            pacing.react(to: .rateLimited(retryAfterSeconds: 1), attempt: 4, now: 0)
                == .fail(.rateLimited(retryAfterSeconds: 1)))
    }

    @Test("a ban is never waited for, and nothing is sent until it is over")
    func banned() {
        var pacing = BinancePacing()
        #expect(
            pacing.react(to: .banned(retryAfterSeconds: 30), attempt: 1, now: 0)
                == .fail(.banned(retryAfterSeconds: 30)))
        #expect(pacing.admit(now: 29_001) == .refuse(.banned(retryAfterSeconds: 1)))
        #expect(pacing.admit(now: 30_000) == .send)
        _ = pacing.react(to: .rateLimited(retryAfterSeconds: 5), attempt: 1, now: 30_000)
        #expect(pacing.admit(now: 30_000) == .wait(milliseconds: 5000))
    }

    @Test("absurd figures in Retry-After do no harm", arguments: [Int.min, -1, 0, Int.max])
    func absurd(seconds: Int) {
        var pacing = BinancePacing()
        _ = pacing.react(to: .banned(retryAfterSeconds: seconds), attempt: 1, now: 0)
        #expect(pacing.admit(now: 0) != .send)
        #expect(pacing.admit(now: 3 * 86_400_000) == .send)
    }

    @Test("server errors are repeated after 1, 2 and 4 s, then told")
    func backoff() {
        var pacing = BinancePacing()
        for (attempt, wait) in [(1, 1000), (2, 2000), (3, 4000)] {
            let now = Int64(attempt) * 100_000
            #expect(pacing.react(to: .failed(trouble), attempt: attempt, now: now) == .retry)
            #expect(pacing.admit(now: now) == .wait(milliseconds: Int64(wait)))
        }
        #expect(pacing.react(to: .failed(trouble), attempt: 4, now: 900_000) == .fail(trouble))
        #expect(pacing.admit(now: 900_000) == .send)
    }

    @Test("what cannot get better is told at once")
    func refused() {
        var pacing = BinancePacing()
        let error = BinanceError.blocked(status: 451, host: "h")
        #expect(pacing.react(to: .refused(error), attempt: 1, now: 0) == .fail(error))
        #expect(pacing.admit(now: 0) == .send)
    }
}
