import Foundation

/// What a process says on standard output when it serves: a line for each listening port, and `ready`.
enum Announcement {
    static func write(_ lines: [String]) {
        // A reader that went away is no reason to end.
        try? FileHandle.standardOutput.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
