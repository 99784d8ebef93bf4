import ControlPlane
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Store

func scrapeRoutes(botPollAge: @escaping @Sendable () -> Double?) -> [Route] {
    [.get("metrics") { call in scrape(call.control, botPollAge: botPollAge()) }]
}

/// Everything counted in this process, with what the database knows as of now.
private func scrape(_ control: ControlPlane, botPollAge: Double?) -> Response {
    refreshProcess(control, botPollAge: botPollAge)
    let isUp: Bool
    // Health says what is wrong with the database; the other figures must still reach the monitor.
    do {
        try control.store.read { try refreshStored($0, control.metrics) }
        isUp = true
    } catch { isUp = false }
    control.metrics.set("marketflow_database_up", help: "Whether the database answers.", to: isUp ? 1 : 0)
    return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: control.metrics.exposition)))
}

private func refreshProcess(_ control: ControlPlane, botPollAge: Double?) {
    let metrics = control.metrics
    metrics.set(
        "marketflow_build_info", help: "The version that runs.", labels: ["version": ControlPlane.version], to: 1)
    metrics.set(
        "process_start_time_seconds", help: "When the process started, since the epoch.",
        to: control.startedAt.timeIntervalSince1970)
    metrics.set(
        "process_resident_memory_bytes", help: "Resident memory.", to: Double(ProcessFigures.residentBytes))
    metrics.set(
        "marketflow_training_steps_per_second",
        help: "Environment steps a second, learning included; 0 while nothing trains.",
        to: control.progress.snapshot?.stepsPerSecond ?? 0)
    if let botPollAge {
        metrics.set(
            "marketflow_bot_poll_age_seconds", help: "Since the bot's server last answered a poll.", to: botPollAge)
    }
}

private func refreshStored(_ transaction: Transaction, _ metrics: MetricsRegistry) throws {
    let cycles = try transaction.cycleCounts()
    for state in CycleState.allCases where state.isFinished {
        metrics.setCounter(
            "marketflow_cycles_total", help: "Finished learning cycles by outcome.",
            labels: ["outcome": state.rawValue], to: Double(cycles[state] ?? 0))
    }
    for state in [CycleState.queued, .running] {
        metrics.set(
            "marketflow_cycles_active", help: "Learning cycles that wait or run.", labels: ["state": state.rawValue],
            to: Double(cycles[state] ?? 0))
    }
    let messages = try transaction.outboxCounts()
    for state in [OutboxState.held, .pending, .sending, .sent, .uncertain, .failed, .expired] {
        metrics.set(
            "marketflow_outbox_messages", help: "Messages to chats by state.", labels: ["state": state.rawValue],
            to: Double(messages[state] ?? 0))
    }
    if let last = try transaction.lastSuccess() {
        metrics.set(
            "marketflow_last_success_timestamp_seconds", help: "When a cycle last learned and was judged.",
            to: last.timeIntervalSince1970)
    }
    metrics.set(
        "marketflow_champion_version", help: "Version that serves; 0 before the first.",
        to: Double(try transaction.policy(in: .champion)?.version ?? 0))
    metrics.set(
        "marketflow_alarms_standing", help: "Alarms raised and not cleared.",
        to: Double(try transaction.standingAlarms().count))
    metrics.setCounter(
        "marketflow_trades_total", help: "Closed trades, paper and other.", to: Double(try transaction.tradeCount()))
}
