import Foundation

/// Standard output without a buffer, for what goes on for a while: whoever reads a pipe has each line at once.
enum Output {
    static func line(_ text: String) { write(text + "\n") }

    /// In the place of what stood on the terminal, cut to its size.
    static func screen(_ lines: [String]) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 1 && size.ws_col > 1
        let shown = isKnown ? lines.prefix(Int(size.ws_row) - 1).map { String($0.prefix(Int(size.ws_col))) } : lines
        write("\u{1B}[H" + shown.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
    }

    private static func write(_ text: String) {
        // A reader that has gone ends the command by SIGPIPE; other faults have nobody to be told to.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
