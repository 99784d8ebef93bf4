import CKernels

/// The instruction set the hot loops use. Levels sum in different orders, so results agree to rounding only; force one level to
/// repeat a run bit for bit on another processor.
public enum KernelLevel: Int32, Sendable, CaseIterable, Codable {
    /// Four lanes, any processor.
    case portable = 0
    case neon = 1
    case avx2 = 2
    case avx512 = 3

    /// The best level of this processor.
    public static var best: KernelLevel { KernelLevel(rawValue: mf_best_level()) ?? .portable }

    /// The level every kernel of this process uses now; ``best`` until another is forced.
    public static var inUse: KernelLevel { KernelLevel(rawValue: mf_level()) ?? .portable }

    /// Makes the whole process use this level from the next kernel call on. Throws when the processor lacks it.
    public func force() throws(UnsupportedKernelLevel) {
        guard mf_force_level(rawValue) == 1 else { throw UnsupportedKernelLevel(level: self) }
    }

    /// The name used in settings.
    public var name: String { "\(self)" }

    /// The level called `portable`, `neon`, `avx2` or `avx512`.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}

public struct UnsupportedKernelLevel: Error, Equatable, CustomStringConvertible {
    public let level: KernelLevel

    public var description: String {
        "This processor has no \(level.name) instructions; \(KernelLevel.inUse.name) stays in use. The best it has is "
            + "\(KernelLevel.best.name)."
    }
}
