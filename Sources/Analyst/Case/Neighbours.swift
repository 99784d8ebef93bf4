/// Nearest past entries.
enum Neighbours {
    struct Found {
        let entry: PastEntry
        let distance: Float
    }

    /// The `count` nearest, the nearest first; of equals the older trade first. Inputs are divided by their standard deviation over
    /// `past`; one that never changes is left out.
    static func nearest(_ count: Int, to state: [Float], in past: [PastEntry]) -> [Found] {
        let weights = weights(of: past, size: state.count)
        return state.withUnsafeBufferPointer { state in
            weights.withUnsafeBufferPointer { weights in
                past.map { entry in
                    let distance = entry.state.withUnsafeBufferPointer { other in
                        var sum: Float = 0
                        for index in state.indices {
                            let difference = other[index] - state[index]
                            sum += weights[index] * difference * difference
                        }
                        return sum
                    }
                    return Found(entry: entry, distance: distance)
                }
            }
        }.smallest(count) { ($0.distance, $0.entry.trade) < ($1.distance, $1.entry.trade) }
    }

    /// One over the variance of each input.
    private static func weights(of past: [PastEntry], size: Int) -> [Float] {
        var sums = [Double](repeating: 0, count: size)
        var squares = sums
        for entry in past {
            for (index, value) in entry.state.enumerated() {
                sums[index] += Double(value)
                squares[index] += Double(value) * Double(value)
            }
        }
        let count = Double(past.count)
        return sums.indices.map { index in
            let mean = sums[index] / count
            let variance = squares[index] / count - mean * mean
            return variance > 1e-12 ? Float(1 / variance) : 0
        }
    }
}

extension Array {
    /// The first `count` in order, without sorting the rest.
    fileprivate func smallest(_ count: Int, by precedes: (Element, Element) -> Bool) -> [Element] {
        var best: [Element] = []
        for element in self {
            if best.count == count, let last = best.last, !precedes(element, last) { continue }
            best.insert(element, at: best.firstIndex { precedes(element, $0) } ?? best.count)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
