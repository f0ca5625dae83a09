import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Does something before SIGTERM, SIGHUP, SIGINT or SIGQUIT end the process, which they still do.
struct TerminationSignals {
    private let sources: [any DispatchSourceSignal]

    init(before: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGHUP, SIGINT, SIGQUIT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                before()
                ProcessSignal.takeEffect(number)
            }
            source.resume()
            return source
        }
    }

    func cancel() {
        for source in sources { source.cancel() }
    }
}
