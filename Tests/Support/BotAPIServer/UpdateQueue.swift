/// The updates that wait for the bot, and the one request that may wait for updates.
struct UpdateQueue: Sendable {
    enum Wakening: Sendable {
        case updates
        case timeout
        case terminated
        case cut
    }

    private(set) var pending: [(id: Int64, json: JSON)] = []
    private var nextID: Int64 = 1000
    private var waiter: (id: Int, continuation: CheckedContinuation<Wakening, Never>)?
    private var waiters = 0
    /// Set when updates go to a webhook.
    var webhookURL = ""

    /// - Returns: the update's id.
    @discardableResult
    mutating func append(_ payload: [String: JSON]) -> Int64 {
        nextID += 1
        pending.append((nextID, .object(payload.merging(["update_id": .int(nextID)]) { $1 })))
        dismissWaiter(with: .updates)
        return nextID
    }

    /// Asking from an offset confirms everything below it; a negative one keeps only so many of the last.
    mutating func confirm(_ offset: Int64) {
        if offset > 0 {
            let confirmed = pending.prefix { $0.id < offset }.count
            pending.removeFirst(confirmed)
        } else if offset < 0 {
            pending = Array(pending.suffix(Int(min(Int64(pending.count), -offset))))
        }
    }

    func batch(_ limit: Int) -> JSON { .array(pending.prefix(limit).map(\.json)) }

    /// A second request that has to wait ends the first.
    mutating func wait(_ continuation: CheckedContinuation<Wakening, Never>) -> Int {
        dismissWaiter(with: .terminated)
        waiters += 1
        waiter = (waiters, continuation)
        return waiters
    }

    mutating func dismissWaiter(_ id: Int? = nil, with wakening: Wakening) {
        guard let waiter, id == nil || waiter.id == id else { return }
        self.waiter = nil
        waiter.continuation.resume(returning: wakening)
    }
}

extension BotAPIServer {
    func getUpdates(_ form: CallForm) async throws -> Treatment {
        guard updates.webhookURL.isEmpty else {
            throw Refusal(
                code: 409,
                description:
                    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                    + "the webhook first")
        }
        let limit = Int(max(1, min(100, form.parameters["limit"]?.int ?? 100)))
        let timeout = max(0, min(50, form.parameters["timeout"]?.int ?? 0))
        if let allowed = try form.structure("allowed_updates"), allowed.array?.allSatisfy({ $0.string != nil }) != true
        {
            throw Refusal.bad("can't parse allowed_updates")
        }
        updates.confirm(form.parameters["offset"]?.int ?? 0)
        guard updates.pending.isEmpty, timeout > 0 else { return .answer(.success(updates.batch(limit))) }
        switch await wakening(after: timeout) {
        case .updates, .timeout: return .answer(.success(updates.batch(limit)))
        case .terminated: return .answer(.refusal(409, MethodTable.defaultText(409, retryAfter: nil)))
        case .cut: return .cut
        }
    }

    private func wakening(after seconds: Int64) async -> UpdateQueue.Wakening {
        var alarm: Task<Void, Never>?
        let wakening = await withCheckedContinuation { continuation in
            let id = updates.wait(continuation)
            alarm = Task {
                // why: cancelled when the wait has ended by itself.
                try? await Task.sleep(for: .seconds(seconds))
                updates.dismissWaiter(id, with: .timeout)
            }
        }
        alarm?.cancel()
        return wakening
    }
}
