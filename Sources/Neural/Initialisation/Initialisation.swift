/// First weights of layers, row-major `[inputs × outputs]`.
public enum Initialisation {
    /// A random matrix with orthonormal rows or columns (whichever are fewer), times `gain` (Saxe et al. 2014): normal
    /// entries, orthonormalised by modified Gram–Schmidt in double precision, twice.
    public static func orthogonal(rows: Int, columns: Int, gain: Double, random: inout RandomStream) -> [Float] {
        let length = max(rows, columns)
        let count = min(rows, columns)
        var vectors: [[Double]] = []
        while vectors.count < count {
            var vector = (0..<length).map { _ in random.normal() }
            for _ in 0..<2 {
                for other in vectors {
                    let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for index in vector.indices { vector[index] -= share * other[index] }
                }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            // A vector that lay in the span of the others is drawn again.
            guard norm > 1e-6 else { continue }
            vectors.append(vector.map { $0 / norm })
        }
        return (0..<rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            return Float(gain * (rows >= columns ? vectors[column][row] : vectors[row][column]))
        }
    }

    /// Uniform on ±√(6/inputs) (He et al. 2015, for rectifier-like activations).
    public static func kaiming(inputs: Int, outputs: Int, random: inout RandomStream) -> [Float] {
        let bound = (6 / Double(inputs)).squareRoot()
        return (0..<inputs * outputs).map { _ in Float((2 * random.uniform() - 1) * bound) }
    }
}
