import Analyst
import Testing

@Suite("Trades whose cause is known by construction")
struct PlantedTradeTests {
    @Test("the main cause is the planted one in at least nine of ten, for every cause", arguments: Plant.allCases)
    func verdict(plant: Plant) throws {
        var named: [CauseKind: Int] = [:]
        for index in 0..<100 {
            let evidence = EvidenceBuilder.evidence(of: try plant.trade(index))
            let verdict = Verdict(evidence)
            named[try #require(verdict.main).kind, default: 0] += 1
        }
        let row = CauseKind.allCases.map { "\($0.rawValue) \(named[$0] ?? 0)" }.joined(separator: ", ")
        print("planted \(plant.rawValue): \(row)")
        #expect((named[plant.cause] ?? 0) >= 90)
    }
}
