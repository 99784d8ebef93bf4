import ControlPlane
import Foundation
import Store

/// An event of the log as the API shows it.
struct EventBody: Encodable {
    let id: Int64
    let kind: String
    let at: Date
    let cycle: Int64?
    /// Its shape is given by `kind`.
    let detail: Detail?

    init(_ record: EventRecord) {
        id = record.id
        kind = record.kind
        at = record.at
        cycle = record.cycleId
        // An event of an older shape is told without its details.
        detail = (try? ControlEvent(record)).map(Detail.init)
    }

    /// What the event carries, without the name of its case, which is `kind`.
    struct Detail: Encodable {
        let event: ControlEvent

        func encode(to encoder: any Encoder) throws {
            switch event {
            case .serviceStarted(let start): try start.encode(to: encoder)
            case .cycleStarted(let start): try start.encode(to: encoder)
            case .cycleResumed(let resume): try resume.encode(to: encoder)
            case .cycleFinished(let report): try report.encode(to: encoder)
            case .policyChanged(let change): try change.encode(to: encoder)
            case .tradeClosed(let trade): try trade.encode(to: encoder)
            case .alarmRaised(let alarm), .alarmCleared(let alarm): try alarm.encode(to: encoder)
            case .scheduleMissed(let miss): try miss.encode(to: encoder)
            case .accessGranted(let grant): try grant.encode(to: encoder)
            case .sessionFinished(let notice): try notice.encode(to: encoder)
            case .weightsChanged(let notice): try notice.encode(to: encoder)
            }
        }
    }
}
