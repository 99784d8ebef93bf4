#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Singular values of a small matrix, from the eigenvalues of its Gram matrix: exact enough for a rank, not for a solver.
package enum SingularValues {
    /// Of the first `columns` of each of `rows` rows of `stride` floats, the largest first; as many as the smaller side.
    package static func of(_ values: [Float], rows: Int, columns: Int, stride: Int) -> [Double] {
        let byRows = rows < columns
        let (count, depth) = byRows ? (rows, columns) : (columns, rows)
        var gram = [Double](repeating: 0, count: count * count)
        values.withUnsafeBufferPointer { values in
            for inner in 0..<depth {
                for i in 0..<count {
                    let own = Double(byRows ? values[i * stride + inner] : values[inner * stride + i])
                    for j in 0...i {
                        gram[i * count + j] +=
                            own * Double(byRows ? values[j * stride + inner] : values[inner * stride + j])
                    }
                }
            }
        }
        return eigenvalues(&gram, count).map { max(0, $0).squareRoot() }.sorted(by: >)
    }

    /// Eigenvalues of the symmetric matrix whose lower triangle is given: Householder's reduction to three diagonals, then QL with
    /// implicit shifts (Wilkinson & Reinsch 1971, tred1 and imtql1). The matrix is overwritten.
    private static func eigenvalues(_ a: inout [Double], _ n: Int) -> [Double] {
        var (diagonal, beside) = reduced(&a, n)
        for first in 0..<n {
            // QL converges in two or three rounds; thirty is EISPACK's bound.
            for _ in 0..<30 {
                var last = first
                while last < n - 1 {
                    let size = abs(diagonal[last]) + abs(diagonal[last + 1])
                    if abs(beside[last]) <= 1e-15 * size { break }
                    last += 1
                }
                if last == first { break }
                step(&diagonal, &beside, first, last)
            }
        }
        return diagonal
    }

    private static func step(_ d: inout [Double], _ e: inout [Double], _ first: Int, _ last: Int) {
        var g = (d[first + 1] - d[first]) / (2 * e[first])
        var r = hypot(g, 1)
        g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        for i in stride(from: last - 1, through: first, by: -1) {
            let (f, b) = (s * e[i], c * e[i])
            r = hypot(f, g)
            e[i + 1] = r
            if r == 0 {
                d[i + 1] -= p
                e[last] = 0
                return
            }
            s = f / r
            c = g / r
            g = d[i + 1] - p
            r = (d[i] - g) * s + 2 * c * b
            p = s * r
            d[i + 1] = g + p
            g = c * r - b
        }
        d[first] -= p
        e[first] = g
        e[last] = 0
    }

    /// The diagonal and the one beside it (`beside[i]` couples i and i + 1).
    private static func reduced(_ a: inout [Double], _ n: Int) -> (diagonal: [Double], beside: [Double]) {
        var d = [Double](repeating: 0, count: n)
        var e = [Double](repeating: 0, count: n)
        a.withUnsafeMutableBufferPointer { a in
            for i in stride(from: n - 1, to: 0, by: -1) {
                let row = i * n
                var h = 0.0
                for k in 0..<i { h += a[row + k] * a[row + k] }
                guard i > 1, h > 0 else {
                    e[i - 1] = a[row + i - 1]
                    d[i] = a[row + i]
                    continue
                }
                let f = a[row + i - 1]
                let g = f >= 0 ? -h.squareRoot() : h.squareRoot()
                e[i - 1] = g
                h -= f * g
                a[row + i - 1] = f - g
                // p = A·u / h, then A ← A − u·qᵀ − q·uᵀ with q = p − (uᵀp / 2h)·u; `e` holds p and q below i.
                var share = 0.0
                for j in 0..<i {
                    var sum = 0.0
                    for k in 0...j { sum += a[j * n + k] * a[row + k] }
                    for k in j + 1..<max(i, j + 1) { sum += a[k * n + j] * a[row + k] }
                    d[j] = sum / h
                    share += d[j] * a[row + j]
                }
                let half = share / (2 * h)
                for j in 0..<i { d[j] -= half * a[row + j] }
                for j in 0..<i {
                    for k in 0...j { a[j * n + k] -= a[row + j] * d[k] + d[j] * a[row + k] }
                }
                d[i] = a[row + i]
            }
            if n > 0 { d[0] = a[0] }
        }
        return (d, e)
    }
}
