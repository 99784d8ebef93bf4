import Foundation

/// What the operating system says of this process.
public enum ProcessFigures {
    /// Resident memory in bytes; 0 where `/proc` is not there.
    public static var residentBytes: Int { statusField("VmRSS") }

    /// Free bytes on the disk that holds `folder`; nil when it cannot be asked.
    public static func freeBytes(at folder: URL) -> Int? {
        var info = statvfs()
        guard statvfs(folder.path, &info) == 0 else { return nil }
        return Int(info.f_bavail) * Int(info.f_frsize)
    }

    private static func statusField(_ name: String) -> Int {
        // Absent in a sandbox that hides /proc; memory is then reported as 0, unknown.
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            let digits = line.filter(\.isNumber)
            return (Int(digits) ?? 0) * 1024
        }
        return 0
    }
}
