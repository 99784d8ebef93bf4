import Foundation
import Synchronization

/// Counters, gauges and histograms in Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public final class MetricsRegistry: Sendable {
    private struct Family {
        var type: String
        var help: String
        /// Label text (`{a="b"}` or empty) → value.
        var values: [String: Double] = [:]
        var histograms: [String: Histogram] = [:]
    }

    private struct Histogram {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    /// Upper bounds in seconds, from a fast reply to a slow step.
    public static let secondsBuckets = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
    ]

    private let families = Mutex<[String: Family]>([:])

    public init() {}

    /// Adds to a counter; `name` ends in `_total`.
    public func increment(_ name: String, help: String, labels: [String: String] = [:], by amount: Double = 1) {
        families.withLock {
            $0[name, default: Family(type: "counter", help: help)].values[Self.text(labels), default: 0] += amount
        }
    }

    public func set(_ name: String, help: String, labels: [String: String] = [:], to value: Double) {
        families.withLock { $0[name, default: Family(type: "gauge", help: help)].values[Self.text(labels)] = value }
    }

    /// Sets a counter that is counted elsewhere (in the database), where it survives restarts.
    public func setCounter(_ name: String, help: String, labels: [String: String] = [:], to value: Double) {
        families.withLock { $0[name, default: Family(type: "counter", help: help)].values[Self.text(labels)] = value }
    }

    /// Records a duration; `name` ends in `_seconds`.
    public func observe(_ name: String, help: String, labels: [String: String] = [:], seconds: Double) {
        families.withLock { families in
            let label = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escape($0.value))\"" }
                .joined(separator: ",")
            let empty = Histogram(counts: Array(repeating: 0, count: Self.secondsBuckets.count))
            var family = families[name] ?? Family(type: "histogram", help: help)
            var histogram = family.histograms[label] ?? empty
            histogram.count += 1
            histogram.sum += seconds
            for (index, bound) in Self.secondsBuckets.enumerated() where seconds <= bound {
                histogram.counts[index] += 1
            }
            family.histograms[label] = histogram
            families[name] = family
        }
    }

    /// Everything known, sorted by name.
    public var exposition: String {
        families.withLock { families in
            var text = ""
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.type)\n"
                for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
                    text += "\(name)\(labels) \(Self.number(value))\n"
                }
                for (label, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
                    let prefix = label.isEmpty ? "" : label + ","
                    for (bound, count) in zip(Self.secondsBuckets, histogram.counts) {
                        text += "\(name)_bucket{\(prefix)le=\"\(Self.number(bound))\"} \(count)\n"
                    }
                    text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(histogram.count)\n"
                    let braces = label.isEmpty ? "" : "{\(label)}"
                    text += "\(name)_sum\(braces) \(Self.number(histogram.sum))\n"
                    text += "\(name)_count\(braces) \(histogram.count)\n"
                }
            }
            return text
        }
    }

    private static func text(_ labels: [String: String]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escape($0.value))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
