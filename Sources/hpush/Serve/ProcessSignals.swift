import Foundation
import Logging
import Node
import ServiceLifecycle
import UnixSignals

/// The signals a node process acts on, caught from the moment this is made.
struct ProcessSignals: Sendable {
    private let sequence: UnixSignalsSequence

    init() async { sequence = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup) }

    /// Turns SIGTERM and SIGINT into a graceful shutdown of the services. A second Ctrl-C ends the process at once; a second SIGTERM, which
    /// supervisors send as a reminder, changes nothing. SIGHUP reloads the plugins and the certificates; what came of it stands in the log. Returns when cancelled. To be called once: signals have one reader.
    func serve(_ services: ServiceGroup, _ node: Node, _ logger: Logger) async {
        var draining = false
        for await signal in sequence {
            if signal == .sighup {
                // Signals that come meanwhile are not to wait for it.
                CertificateWatch(node.tls, Logger(label: "tls")).reload()
                Task { _ = try? await node.reloadPlugins(.signal) }
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
