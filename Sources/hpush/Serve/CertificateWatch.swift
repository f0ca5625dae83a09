import Logging
import TLS
import UnixSignals

/// Puts changed certificate files in force: when told, and when they look otherwise than before. What came of it stands in the log.
struct CertificateWatch {
    private static let period: Duration = .seconds(30)

    let doors: TLSDoors
    let logger: Logger

    init(_ doors: TLSDoors, _ logger: Logger) {
        self.doors = doors
        self.logger = logger
    }

    func reload(onlyIfChanged: Bool = false) {
        for outcome in doors.reload(onlyIfChanged: onlyIfChanged) {
            switch outcome {
            case .replaced: logger.notice("\(outcome)")
            case .failed: logger.error("\(outcome)")
            }
        }
    }

    /// Looks at the files now and then, for renewals that tell nobody. Returns when cancelled.
    /// - Parameter hangups: whether SIGHUP is caught here.
    func follow(hangups: Bool = false) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.period)) != nil { reload(onlyIfChanged: true) }
            }
            guard hangups else { return }
            let signals = await UnixSignalsSequence(trapping: .sighup)
            group.addTask { for await _ in signals { reload() } }
        }
    }
}
