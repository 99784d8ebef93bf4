#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One run's event file, written record by record so that TensorBoard can follow it. One thread at a time.
///
/// A run that is taken up again writes a new file beside the old one; TensorBoard reads a folder's files as one run.
public final class TensorBoardFile {
    public let path: String
    private let settings: PPOSettings
    private let descriptor: CInt

    /// Why an event file cannot be written. What the run learns does not depend on it.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let path: String
        public let reason: String
        public var description: String {
            "the TensorBoard events cannot be written to \(path): \(reason). Name another folder, or make room."
        }
    }

    /// Begins a file in `folder`, which exists. Its name carries the second of `wallTime` (seconds since 1970); a file of the
    /// same second is not overwritten, the next free number is taken.
    public init(folder: String, settings: PPOSettings, wallTime: Double) throws(Failure) {
        self.settings = settings
        for number in 0..<1000 {
            let path = "\(folder)/events.out.tfevents.\(Int(wallTime)).marketflow.\(number)"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor < 0, errno == EEXIST { continue }
            guard descriptor >= 0 else { throw Failure(path: path, reason: String(cString: strerror(errno))) }
            self.path = path
            self.descriptor = descriptor
            try append(TensorBoardLog.header(wallTime: wallTime))
            return
        }
        throw Failure(path: folder, reason: "there are a thousand files of this second")
    }

    deinit { close(descriptor) }

    /// Adds what one rollout showed.
    public func append(_ progress: TrainingProgress, wallTime: Double) throws(Failure) {
        try append(TensorBoardLog.records(of: progress, settings: settings, wallTime: wallTime))
    }

    private func append(_ data: Data) throws(Failure) {
        let written = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == data.count else {
            throw Failure(path: path, reason: written < 0 ? String(cString: strerror(errno)) : "no space is left")
        }
    }
}
