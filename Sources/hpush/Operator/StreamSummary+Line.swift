import Admin
import ArgumentParser
import Foundation

extension StreamSummary {
    /// The last line of a stream; nil for any other.
    init?(line: Data) {
        guard line.count < 1000, let summary = try? AdminJSON.decode(StreamSummary.self, from: line), summary.event == "summary" else {
            return nil
        }
        self = summary
    }
}

extension Share: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
