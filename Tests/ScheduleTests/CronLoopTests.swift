import Foundation
import Schedule
import Testing

struct CronLoopTests {
    private static let noon = Date(timeIntervalSince1970: 1_704_110_400)  // 2024-01-01 12:00 UTC

    private static func at(_ hours: Double) -> Date { noon.addingTimeInterval(hours * 3600) }

    private static func loop(
        _ expression: String = "0 */6 * * *", misfire: MisfirePolicy = .runOnceLate(maxLateness: 7200)
    ) throws -> CronLoop {
        let job = CronJob(expression: try CronExpression(parsing: expression), timeZone: .gmt, misfire: misfire)
        return CronLoop(jobs: ["retrain": job])
    }

    private static func run(_ hours: Double, late: TimeInterval = 0) -> CronLoop.Action {
        .run(job: "retrain", scheduledFor: at(hours), late: late)
    }

    private static func skip(_ hours: Double, _ reason: CronLoop.SkipReason) -> CronLoop.Action {
        .skip(job: "retrain", scheduledFor: at(hours), reason: reason)
    }

    @Test("a job runs at its time, and the loop sleeps a minute at most")
    func onTime() throws {
        var loop = try Self.loop()
        #expect(
            loop.handle(.start(now: Self.at(0.5), lastRuns: [:])) == [
                .sleep(until: Self.at(0.5).addingTimeInterval(60))
            ])
        #expect(loop.handle(.tick(now: Self.at(5.99))) == [.sleep(until: Self.at(6))])
        let now = Self.at(6).addingTimeInterval(0.2)
        #expect(
            loop.handle(.tick(now: now)).first
                == .run(job: "retrain", scheduledFor: Self.at(6), late: now.timeIntervalSince(Self.at(6))))
        #expect(loop.running == ["retrain"])
        #expect(loop.nextRuns == ["retrain": Self.at(12)])
        #expect(loop.handle(.tick(now: now)).count == 1)
    }

    @Test("a run that is due while the one before goes on is skipped and reported")
    func noOverlap() throws {
        var loop = try Self.loop()
        _ = loop.handle(.start(now: Self.at(0.5), lastRuns: [:]))
        #expect(loop.handle(.tick(now: Self.at(6))).first == Self.run(6))
        #expect(loop.handle(.tick(now: Self.at(12))).first == Self.skip(12, .stillRunning))
        #expect(loop.handle(.finished(job: "retrain")).isEmpty)
        #expect(loop.handle(.tick(now: Self.at(18))).first == Self.run(18))
    }

    @Test("runs missed while the process was away become one late run, if it is not too late")
    func runOnceLate() throws {
        var loop = try Self.loop()
        #expect(
            loop.handle(.start(now: Self.at(25), lastRuns: ["retrain": Self.at(0)])).first == Self.run(24, late: 3600))
        #expect(loop.nextRuns["retrain"] == Self.at(30))
        loop = try Self.loop()
        #expect(
            loop.handle(.start(now: Self.at(27), lastRuns: ["retrain": Self.at(0)])).first
                == Self.skip(24, .missed(late: 10_800)))
        #expect(loop.nextRuns["retrain"] == Self.at(30))
    }

    @Test("with the policy to skip, a missed run is only reported")
    func skipMissed() throws {
        var loop = try Self.loop(misfire: .skip)
        #expect(
            loop.handle(.start(now: Self.at(6.5), lastRuns: ["retrain": Self.at(0)])).first
                == Self.skip(6, .missed(late: 1800)))
        #expect(loop.handle(.tick(now: Self.at(12).addingTimeInterval(59))).first == Self.run(12, late: 59))
    }

    @Test("a first start catches up on nothing, and a restart repeats nothing")
    func restart() throws {
        var loop = try Self.loop()
        #expect(loop.handle(.start(now: Self.at(6.1), lastRuns: [:])).count == 1)
        loop = try Self.loop()
        #expect(
            loop.handle(.start(now: Self.at(6.1), lastRuns: ["retrain": Self.at(6), "gone": Self.at(1)])).count == 1)
        #expect(loop.nextRuns == ["retrain": Self.at(12)])
    }

    @Test("a clock that is set back repeats no run, one set forward runs once")
    func clockJumps() throws {
        var loop = try Self.loop("0 * * * *")
        _ = loop.handle(.start(now: Self.at(0.5), lastRuns: [:]))
        #expect(loop.handle(.tick(now: Self.at(3))).first == Self.run(3))
        _ = loop.handle(.finished(job: "retrain"))
        for hours in [0.2, 1, 2, 3] { #expect(loop.handle(.tick(now: Self.at(hours))).count == 1) }
        #expect(loop.handle(.tick(now: Self.at(4))).first == Self.run(4))
        _ = loop.handle(.finished(job: "retrain"))
        #expect(loop.handle(.tick(now: Self.at(9.5))).first == Self.run(9, late: 1800))
    }

    @Test("a clock that stood years ahead does not silence the job")
    func wrongClock() throws {
        var loop = try Self.loop()
        _ = loop.handle(.start(now: Self.at(50_000), lastRuns: [:]))
        #expect(loop.handle(.tick(now: Self.at(50_006))).count == 2)
        _ = loop.handle(.finished(job: "retrain"))
        _ = loop.handle(.tick(now: Self.at(1)))
        #expect(loop.nextRuns["retrain"] == Self.at(6))
        loop = try Self.loop()
        _ = loop.handle(.start(now: Self.at(1), lastRuns: ["retrain": Self.at(50_000)]))
        #expect(loop.nextRuns["retrain"] == Self.at(6))
    }

    @Test("while paused runs are skipped and reported, and none is made up for")
    func pause() throws {
        var loop = try Self.loop()
        _ = loop.handle(.start(now: Self.at(0.5), lastRuns: [:]))
        #expect(loop.handle(.paused(now: Self.at(1))).count == 1)
        #expect(loop.isPaused)
        #expect(loop.handle(.tick(now: Self.at(6))).first == Self.skip(6, .paused))
        #expect(loop.handle(.resumed(now: Self.at(12))).first == Self.skip(12, .paused))
        #expect(!loop.isPaused)
        #expect(loop.handle(.tick(now: Self.at(18))).first == Self.run(18))
    }

    @Test("several jobs keep their own times, in the order of their names")
    func several() throws {
        let hourly = CronJob(expression: try CronExpression(parsing: "@hourly"), timeZone: .gmt)
        let daily = CronJob(expression: try CronExpression(parsing: "30 13 * * *"), timeZone: .gmt)
        var loop = CronLoop(jobs: ["sync": hourly, "backup": daily, "audit": hourly])
        _ = loop.handle(.start(now: Self.at(0.5), lastRuns: [:]))
        let actions = loop.handle(.tick(now: Self.at(1)))
        #expect(
            actions == [
                .run(job: "audit", scheduledFor: Self.at(1), late: 0),
                .run(job: "sync", scheduledFor: Self.at(1), late: 0),
                .sleep(until: Self.at(1).addingTimeInterval(60)),
            ])
        #expect(loop.handle(.tick(now: Self.at(1.5))).first == .run(job: "backup", scheduledFor: Self.at(1.5), late: 0))
    }

    @Test("whatever the clock does, no scheduled time runs twice and nothing overlaps")
    func property() throws {
        for _ in 0..<200 {
            var loop = try Self.loop("*/10 * * * *", misfire: .runOnceLate(maxLateness: 900))
            var now = Self.noon
            _ = loop.handle(.start(now: now, lastRuns: [:]))
            var ran: Set<Date> = []
            var running = false
            for _ in 0..<300 {
                now += Double.random(in: 0..<10) < 1 ? Double.random(in: -7200...7200) : Double.random(in: 0...300)
                let event: CronLoop.Event =
                    switch Int.random(in: 0..<12) {
                    case 0: .paused(now: now)
                    case 1: .resumed(now: now)
                    case 2, 3, 4: .finished(job: "retrain")
                    default: .tick(now: now)
                    }
                if case .finished = event { running = false }
                for action in loop.handle(event) {
                    guard case .run(_, let scheduled, let late) = action else { continue }
                    #expect(!running)
                    #expect(ran.insert(scheduled).inserted)
                    #expect(late >= 0 && late <= 900)
                    running = true
                }
            }
        }
    }
}
