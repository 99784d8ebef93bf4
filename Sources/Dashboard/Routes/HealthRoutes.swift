import ControlPlane
import HTTPTypes
import Hummingbird

let healthRoutes: [Route] = [.get("healthz", health)]

private struct HealthBody: Encodable {
    let status: HealthReport.Level
    let checks: [HealthReport.Check]
}

private func health(_ call: Call) throws -> Response {
    let report = call.control.health()
    return try .json(
        HealthBody(status: report.level, checks: report.checks),
        status: report.level == .failing ? .serviceUnavailable : .ok)
}
