import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Raw mode of the terminal on standard input: keys come one by one, unechoed. Left again at exit, however the process exits by itself.
enum RawTerminal {
    private static let saved = Mutex<termios?>(nil)

    /// Returns false when standard input is no terminal.
    static func enter() -> Bool {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return false }
        let isFirst = saved.withLock { saved in
            defer { if saved == nil { saved = settings } }
            return saved == nil
        }
        if isFirst { atexit { RawTerminal.leave() } }
        // Not OPOST: what others print to the terminal should still look right.
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        settings.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | IGNCR | ISTRIP | BRKINT)
        return tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) == 0
    }

    /// Restores what was before ``enter()``. May be called at any time, on any thread.
    static func leave() {
        saved.withLock { saved in
            if var settings = saved { _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &settings) }
        }
    }

    /// The width of the terminal on standard output; 80 when it does not tell.
    static func columns() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
