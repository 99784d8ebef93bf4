/// Exact Shapley values (Shapley, *A value for n-person games*, 1953) of a game with few players.
package enum Shapley {
    /// More players than this are refused: 2ⁿ coalitions are looked at.
    package static let maximum = 8

    /// - Parameters:
    ///   - players: 1…``maximum``.
    ///   - worth: of a coalition, player `i` in it when bit `i` is set.
    /// - Returns: one value a player; they sum to `worth(all) − worth(none)`.
    package static func values(players: Int, worth: (UInt) -> Double) -> [Double] {
        precondition((1...maximum).contains(players), "an exact Shapley value takes 1 to \(maximum) players")
        let worths = (0..<(UInt(1) << players)).map(worth)
        var factorial = [1.0]
        for n in 1...players { factorial.append(factorial[n - 1] * Double(n)) }
        return (0..<players).map { player in
            let bit = UInt(1) << player
            return worths.indices.reduce(0.0) { sum, coalition in
                guard UInt(coalition) & bit == 0 else { return sum }
                let size = UInt(coalition).nonzeroBitCount
                let weight = factorial[size] * factorial[players - size - 1] / factorial[players]
                return sum + weight * (worths[coalition | Int(bit)] - worths[coalition])
            }
        }
    }
}
