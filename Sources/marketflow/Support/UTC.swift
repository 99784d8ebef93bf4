import Foundation

/// Times as the command line shows them.
enum UTC {
    /// ISO 8601, to the second.
    static func text(_ milliseconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
    }
}
