import GRDB

/// Why the database could not do what was asked, in words for the operator.
public enum StoreError: Error, Sendable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case damaged(path: String, reason: String)
    case readOnly(path: String)
    case diskFull(path: String)
    case locked(path: String)
    case newerSchema(path: String)
    case refused(reason: String)

    init(_ error: any Error, path: String) throws {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
            case .SQLITE_READONLY: self = .readOnly(path: path)
            case .SQLITE_FULL: self = .diskFull(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR:
                self = .cannotOpen(path: path, reason: reason)
            default: self = .refused(reason: reason)
            }
        default:
            throw error
        }
    }

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open the database \(path): \(reason). Check that the folder exists and belongs to this user."
        case .damaged(let path, let reason):
            "the database \(path) is damaged (\(reason)). It was left as it is; restore the newest backup with “marketflow restore FILE”."
        case .readOnly(let path):
            "the database \(path) is read-only. Nothing was changed; give this user write access to the file and its folder."
        case .diskFull(let path):
            "the disk that holds \(path) is full. The last change was not made, everything before it is safe; free some space."
        case .locked(let path):
            "the database \(path) is locked by another process for more than 5 s. Nothing was changed; stop the other process."
        case .newerSchema(let path):
            "the database \(path) was written by a newer version of MarketFlow. Nothing was changed; install that version."
        case .refused(let reason):
            "the database refused the change: \(reason). Nothing was changed."
        }
    }
}
