/// The lines of standard input, for a pipe. A last line without a line break counts.
struct InputLines: AsyncSequence, Sendable {
    typealias Element = String

    /// Longer lines are cut: they would not fit into a frame.
    static let limit = 1 << 20

    let input: StandardInput

    struct AsyncIterator: AsyncIteratorProtocol {
        let input: StandardInput
        var splitter = LineSplitter(limit: InputLines.limit)

        mutating func next() async -> String? {
            while true {
                if let line = splitter.next() { return line }
                guard let bytes = await input.read() else { return splitter.rest() }
                splitter.append(bytes)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(input: input)
    }
}
