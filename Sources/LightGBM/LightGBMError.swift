/// Why LightGBM cannot be used. The program goes on without it.
public enum LightGBMError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Nothing is there, or it is no shared library for this machine; in the loader's own words.
    case cannotOpen(path: String, reason: String)
    case missingFunction(path: String, name: String)
    case otherVersion(path: String, found: String)
    case selfTest(path: String, reason: String)
    /// A call failed, in the library's own words.
    case call(name: String, reason: String)
    case input(String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "LightGBM's library \(path) cannot be opened (\(reason)); ./run fetches it, or set ensemble.lightgbm_library to one for this machine"
        case .missingFunction(let path, let name):
            "\(path) has no function \(name), so it is not LightGBM 4; set ensemble.lightgbm_library to a library of LightGBM 4"
        case .otherVersion(let path, let found):
            "\(path) writes models of version \(found), and only LightGBM 4 is understood; set ensemble.lightgbm_library to a library of LightGBM 4"
        case .selfTest(let path, let reason):
            "\(path) did not pass its self-test (\(reason)) and is not used; set ensemble.lightgbm_library to a library of LightGBM 4"
        case .call(let name, let reason): "LightGBM refused \(name): \(reason)"
        case .input(let reason): "LightGBM was not asked: \(reason)"
        }
    }
}
