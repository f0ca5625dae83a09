import HTTPListener
import HTTPTypes
import Hummingbird
import Logging

/// How much is logged, until the process ends.
struct LogLevelRoutes {
    let level: any LogLevelControl

    func add(to routes: inout HTTPRoutes) {
        let level = level
        routes.add(.get, "/v1/log-level") { _, _ in try .json(["level": level.level.rawValue]) }
        routes.add(.put, "/v1/log-level") { request, _ in
            var body = try await JSONBody(request, upTo: 4096)
            let text = try body.text("level")
            try body.nothingElse()
            guard let new = Logger.Level(rawValue: text) else {
                let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPFailure.badRequest("level is one of \(names), not '\(text.prefix(64))'")
            }
            level.level = new
            return try .json(["level": new.rawValue])
        }
    }
}
