#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Signals to this very process.
enum ProcessSignal {
    /// Has the signal's default effect at once, on a worker thread too: those block signals, so that it would only be noted otherwise.
    static func takeEffect(_ number: CInt) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        signal(number, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
    }
}
