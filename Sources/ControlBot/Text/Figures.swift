import Foundation

/// Figures and times as the chat writes them; the same in both languages, so that they can be searched and pasted.
package enum Figures {
    /// `+4.7%` from 0.047.
    package static func signedPercent(_ fraction: Double, digits: Int = 1) -> String {
        guard fraction.isFinite else { return "–" }
        let text = decimal(abs(fraction) * 100, digits: digits)
        let isZero = !text.contains { $0 != "0" && $0 != "." }
        return (isZero ? "" : (fraction < 0 ? "−" : "+")) + text + "%"
    }

    package static func percent(_ fraction: Double, digits: Int = 1) -> String {
        guard fraction.isFinite else { return "–" }
        return (fraction < 0 ? "−" : "") + decimal(abs(fraction) * 100, digits: digits) + "%"
    }

    package static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "–" }
        return String(format: "%.\(digits)f", value)
    }

    package static func signed(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "–" }
        return (value < 0 ? "−" : "+") + decimal(abs(value), digits: digits)
    }

    /// `182,000`
    package static func count(_ value: Int) -> String {
        var digits = String(abs(value))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// A price with as many digits as it needs: `42283.58`, `0.3312`.
    package static func price(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let digits = max(2, min(8, 5 - Int(log10(abs(value)).rounded(.down))))
        return decimal(value, digits: abs(value) >= 1000 ? 2 : digits)
    }

    /// `2025-11-15 03:00 UTC`
    package static func time(_ date: Date) -> String { stamp(date) + " UTC" }

    /// The same in the user's schedule zone, with its abbreviation.
    package static func time(_ date: Date, in zone: TimeZone) -> String {
        guard zone.secondsFromGMT(for: date) != 0 else { return time(date) }
        let local = date.addingTimeInterval(Double(zone.secondsFromGMT(for: date)))
        return stamp(local) + " " + (zone.abbreviation(for: date) ?? zone.identifier)
    }

    /// The zone's IANA name; UTC by the name everyone knows.
    package static func name(of zone: TimeZone) -> String { zone.identifier == "GMT" ? "UTC" : zone.identifier }

    private static func stamp(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02d %02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
            parts.tm_min)
    }

    /// `48 s`, `12 min`, `2 h 10 min`, `3 d 4 h`
    package static func duration(_ seconds: Double) -> String {
        guard abs(seconds) < 1e15 else { return "–" }
        if seconds < 10 { return decimal(max(0, seconds), digits: 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 90 { return "\(whole) s" }
        let minutes = whole / 60
        if minutes < 90 { return "\(minutes) min" }
        let hours = minutes / 60
        if hours < 48 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
    }

    package static func bytes(_ count: Int) -> String {
        if count >= 1 << 30 { return decimal(Double(count) / Double(1 << 30), digits: 1) + " GiB" }
        if count >= 1 << 20 { return decimal(Double(count) / Double(1 << 20), digits: 1) + " MiB" }
        return decimal(Double(count) / 1024, digits: 1) + " KiB"
    }
}
