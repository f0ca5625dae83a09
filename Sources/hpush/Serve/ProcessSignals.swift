import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The signals a node process acts on, caught from the moment this is made.
struct ProcessSignals: Sendable {
    private let sequence: UnixSignalsSequence

    init() async { sequence = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) }

    /// Turns SIGTERM and SIGINT into a graceful shutdown of the services. A second Ctrl-C ends the process at once; a second SIGTERM, which
    /// supervisors send as a reminder, changes nothing. Returns when cancelled. To be called once: signals have one reader.
    func serve(_ services: ServiceGroup, _ logger: Logger) async {
        var draining = false
        for await signal in sequence {
            if signal == .sighup {
                logger.notice("SIGHUP: reloading comes in a later version; nothing was changed")
            } else if draining {
                if signal == .sigterm { continue }
                logger.warning("SIGINT again: ended without draining")
                _exit(128 + SIGINT)
            } else {
                draining = true
                logger.notice("\(signal): draining; Ctrl-C ends at once")
                await services.triggerGracefulShutdown()
            }
        }
    }
}
