#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The part of LightGBM 4's C interface that is used, typed by hand after its `c_api.h`: the library brings no header that could
/// check it, so ``LightGBM`` tests what it has bound before it serves.
struct LibraryFunctions: Sendable {
    typealias Handle = UnsafeMutableRawPointer
    typealias Text = UnsafePointer<CChar>

    let lastError: @convention(c) () -> Text?
    let datasetFromMatrix:
        @convention(c) (
            UnsafeRawPointer, CInt, Int32, Int32, CInt, Text, Handle?, UnsafeMutablePointer<Handle?>
        ) -> CInt
    let datasetSetField: @convention(c) (Handle, Text, UnsafeRawPointer, CInt, CInt) -> CInt
    let datasetFree: @convention(c) (Handle) -> CInt
    let boosterCreate: @convention(c) (Handle, Text, UnsafeMutablePointer<Handle?>) -> CInt
    let boosterUpdate: @convention(c) (Handle, UnsafeMutablePointer<CInt>) -> CInt
    let boosterFree: @convention(c) (Handle) -> CInt
    let boosterPredict:
        @convention(c) (
            Handle, UnsafeRawPointer, CInt, Int32, Int32, CInt, CInt, CInt, CInt, Text, UnsafeMutablePointer<Int64>,
            UnsafeMutablePointer<Double>
        ) -> CInt
    let boosterToText:
        @convention(c) (
            Handle, CInt, CInt, CInt, Int64, UnsafeMutablePointer<Int64>, UnsafeMutablePointer<CChar>?
        ) -> CInt
    let boosterFromText: @convention(c) (Text, UnsafeMutablePointer<CInt>, UnsafeMutablePointer<Handle?>) -> CInt

    /// Of `C_API_DTYPE_*`.
    static let float32: CInt = 0
    /// Of `C_API_PREDICT_*`: the probability.
    static let normal: CInt = 0

    /// Opens the library at `path` and finds its functions. It stays open for as long as the process lives.
    ///
    /// - Throws: ``LightGBMError``.
    init(path: String) throws(LightGBMError) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw .cannotOpen(path: path, reason: reason)
        }
        func find(_ name: String) throws(LightGBMError) -> UnsafeMutableRawPointer {
            guard let address = dlsym(library, name) else { throw .missingFunction(path: path, name: name) }
            return address
        }
        lastError = unsafeBitCast(try find("LGBM_GetLastError"), to: type(of: lastError))
        datasetFromMatrix = unsafeBitCast(try find("LGBM_DatasetCreateFromMat"), to: type(of: datasetFromMatrix))
        datasetSetField = unsafeBitCast(try find("LGBM_DatasetSetField"), to: type(of: datasetSetField))
        datasetFree = unsafeBitCast(try find("LGBM_DatasetFree"), to: type(of: datasetFree))
        boosterCreate = unsafeBitCast(try find("LGBM_BoosterCreate"), to: type(of: boosterCreate))
        boosterUpdate = unsafeBitCast(try find("LGBM_BoosterUpdateOneIter"), to: type(of: boosterUpdate))
        boosterFree = unsafeBitCast(try find("LGBM_BoosterFree"), to: type(of: boosterFree))
        boosterPredict = unsafeBitCast(try find("LGBM_BoosterPredictForMat"), to: type(of: boosterPredict))
        boosterToText = unsafeBitCast(try find("LGBM_BoosterSaveModelToString"), to: type(of: boosterToText))
        boosterFromText = unsafeBitCast(try find("LGBM_BoosterLoadModelFromString"), to: type(of: boosterFromText))
    }

    /// - Throws: ``LightGBMError/call(name:reason:)`` when `status` is not 0.
    func check(_ status: CInt, _ name: String) throws(LightGBMError) {
        guard status != 0 else { return }
        throw .call(name: name, reason: lastError().map { String(cString: $0) } ?? "status \(status)")
    }
}
