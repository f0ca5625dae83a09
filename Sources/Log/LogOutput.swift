/// Where log lines go.
public protocol LogOutput: Sendable {
    /// Takes one line with its line break. Any thread.
    func write(_ line: String)
}
