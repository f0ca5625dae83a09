import Logging
import TLS

/// Puts changed certificate files in force: when told, and when they look otherwise than before. What came of it stands in the log.
struct CertificateWatch {
    private static let period: Duration = .seconds(30)

    let doors: TLSDoors
    let logger: Logger

    init(_ doors: TLSDoors, _ logger: Logger) {
        self.doors = doors
        self.logger = logger
    }

    /// - Returns: whether there was something to tell.
    @discardableResult
    func reload(onlyIfChanged: Bool = false) -> Bool {
        let outcomes = doors.reload(onlyIfChanged: onlyIfChanged)
        for outcome in outcomes {
            switch outcome {
            case .replaced: logger.notice("\(outcome)")
            case .failed: logger.error("\(outcome)")
            }
        }
        return !outcomes.isEmpty
    }

    /// Looks at the files now and then, for renewals that tell nobody. Returns when cancelled.
    func follow() async {
        while (try? await Task.sleep(for: Self.period)) != nil { reload(onlyIfChanged: true) }
    }
}
