import ControlPlane
import Testing

/// The text Prometheus reads (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct MetricsRegistryTests {
    @Test("counters add up, gauges are replaced, families stand in order with help and type before their values")
    func families() {
        let registry = MetricsRegistry()
        registry.set("marketflow_outbox_depth", help: "Messages waiting.", to: 3)
        registry.set("marketflow_outbox_depth", help: "Messages waiting.", to: 2)
        registry.increment("marketflow_cycles_total", help: "Cycles.", labels: ["outcome": "promoted", "by": "cron"])
        registry.increment(
            "marketflow_cycles_total", help: "Cycles.", labels: ["by": "cron", "outcome": "promoted"], by: 2)
        registry.setCounter("marketflow_cycles_total", help: "Cycles.", labels: ["outcome": "failed"], to: 7)
        #expect(
            registry.exposition == """
                # HELP marketflow_cycles_total Cycles.
                # TYPE marketflow_cycles_total counter
                marketflow_cycles_total{by="cron",outcome="promoted"} 3
                marketflow_cycles_total{outcome="failed"} 7
                # HELP marketflow_outbox_depth Messages waiting.
                # TYPE marketflow_outbox_depth gauge
                marketflow_outbox_depth 2

                """)
    }

    @Test("backslash, quotation mark and line end of a label value are escaped, nothing else")
    func escaped() {
        let registry = MetricsRegistry()
        registry.set("x", help: "h", labels: ["l": "a\\b\"c\nd – é"], to: 0.5)
        #expect(registry.exposition.contains(#"x{l="a\\b\"c\nd – é"} 0.5"#))
    }

    @Test("a histogram's buckets are cumulative, up to +Inf, with sum and count")
    func histogram() {
        let registry = MetricsRegistry()
        for seconds in [0.0005, 0.001, 0.002, 0.25, 1000] {
            registry.observe("reply_seconds", help: "h", labels: ["lane": "chat"], seconds: seconds)
        }
        let lines = registry.exposition.split(separator: "\n").map(String.init)
        #expect(lines[1] == "# TYPE reply_seconds histogram")
        for (bound, count) in [("0.001", 2), ("0.0025", 3), ("0.1", 3), ("0.25", 4), ("300", 4), ("+Inf", 5)] {
            #expect(lines.contains("reply_seconds_bucket{lane=\"chat\",le=\"\(bound)\"} \(count)"), "\(bound)")
        }
        #expect(lines.contains("reply_seconds_sum{lane=\"chat\"} 1000.2535"))
        #expect(lines.last == "reply_seconds_count{lane=\"chat\"} 5")
        let counts = lines.filter { $0.contains("_bucket") }.compactMap {
            $0.split(separator: " ").last.flatMap { Int($0) }
        }
        #expect(counts == counts.sorted() && counts.count == MetricsRegistry.secondsBuckets.count + 1)
    }

    @Test("a histogram without labels has plain sum and count")
    func plainHistogram() {
        let registry = MetricsRegistry()
        registry.observe("t_seconds", help: "h", seconds: 2)
        #expect(registry.exposition.hasSuffix("t_seconds_bucket{le=\"+Inf\"} 1\nt_seconds_sum 2\nt_seconds_count 1\n"))
    }

    @Test("values that are no numbers and very large ones are written as Prometheus reads them")
    func extremes() {
        let registry = MetricsRegistry()
        for (name, value) in [("a", Double.infinity), ("b", .nan), ("c", 1e300), ("d", -3), ("e", 1e14)] {
            registry.set(name, help: "h", to: value)
        }
        let values = registry.exposition.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        #expect(values == ["a +Inf", "b NaN", "c 1e+300", "d -3", "e 100000000000000"])
    }
}
