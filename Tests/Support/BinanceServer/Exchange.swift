import HTTPTypes
import Hummingbird
import NIOCore

/// What the server knows and how it answers.
actor Exchange {
    private var series: [Series]
    private var time: Int64
    private var faults: [Fault] = []
    private var weightLimit = 6000
    private var usedWeight = 0
    private var refusedInARow = 0
    private(set) var requests: [ReceivedRequest] = []

    init(series: [Series], time: Int64) {
        self.series = series
        self.time = time
    }

    func inject(_ faults: [Fault]) { self.faults += faults }

    func setWeightLimit(_ limit: Int) { weightLimit = limit }

    func setTime(_ time: Int64) {
        if time / 60_000 != self.time / 60_000 {
            usedWeight = 0
            refusedInARow = 0
        }
        self.time = time
    }

    func serve(_ new: Series) {
        series.removeAll { $0.symbol == new.symbol && $0.interval == new.interval }
        series.append(new)
    }

    func respond(to request: Request, channel: any Channel) async throws -> Response {
        let parameters = Dictionary(
            request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first })
        requests.append(ReceivedRequest(path: request.uri.path, parameters: parameters))
        let fault = faults.isEmpty ? nil : faults.removeFirst()
        switch fault {
        case .answer(let status, let headers, let body):
            return Self.response(HTTPResponse.Status(code: status), headers: headers, body: body)
        case .droppedConnection:
            try await channel.close()
            return Response(status: .internalServerError)
        case .cutOffBody:
            return Response(
                status: .ok,
                body: ResponseBody(contentLength: 1000) { writer in
                    try await writer.write(ByteBuffer(string: "[[1"))
                    try await channel.close()
                })
        case .slow(let duration): try await Task.sleep(for: duration)
        case .usedWeight(let weight): usedWeight = weight
        case nil: break
        }
        do throws(Refusal) {
            let body = try answer(request, parameters)
            return Self.response(.ok, headers: weightHeaders, body: body)
        } catch {
            let retry: [String: String] = error.code == -1003 ? ["Retry-After": "60"] : [:]
            return Self.response(
                error.status, headers: weightHeaders.merging(retry) { $1 },
                body: Refusal.body(error.code, error.message))
        }
    }

    private func answer(_ request: Request, _ parameters: [String: String]) throws(Refusal) -> String {
        guard request.method == .get else {
            throw Refusal(-1000, "Request method not supported.", status: .methodNotAllowed)
        }
        switch request.uri.path {
        case "/api/v3/time":
            try charge(1)
            return #"{"serverTime":\#(time)}"#
        case "/api/v3/klines":
            try charge(2)
            let query = try KlineQuery(parameters, symbols: Set(series.map(\.symbol)))
            let klines = series.first { $0.symbol == query.symbol && $0.interval == query.interval }?.klines ?? []
            let existing = klines.filter { $0.openTime <= time }
            return "[" + query.select(from: existing).map { $0.json(length: query.length) }.joined(separator: ",") + "]"
        default:
            throw Refusal(-1000, "No such path.", status: .notFound)
        }
    }

    /// Who goes on after 429 is banned.
    private func charge(_ weight: Int) throws(Refusal) {
        usedWeight += weight
        guard usedWeight > weightLimit else { return }
        refusedInARow += 1
        if refusedInARow > 3 {
            throw Refusal(
                -1003,
                "Way too much request weight used; IP banned until \(time + 120_000). "
                    + "Please use WebSocket Streams for live updates to avoid bans.", status: .init(code: 418))
        }
        throw Refusal(
            -1003,
            "Too much request weight used; current limit is \(weightLimit) request weight per 1 MINUTE. "
                + "Please use WebSocket Streams for live updates to avoid polling the API.", status: .tooManyRequests)
    }

    private var weightHeaders: [String: String] {
        ["X-MBX-USED-WEIGHT": "\(usedWeight)", "X-MBX-USED-WEIGHT-1M": "\(usedWeight)"]
    }

    private static func response(_ status: HTTPResponse.Status, headers: [String: String], body: String) -> Response {
        var fields: HTTPFields = [.contentType: "application/json;charset=UTF-8"]
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
