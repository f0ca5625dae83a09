import Foundation

/// Where batches of spans go.
protocol SpanSink: Sendable {
    /// - Parameter batch: one OTLP document, on one line.
    /// - Throws: `ExportFailure` in one line when it was not taken.
    func write(_ batch: Data) async throws
    func close() async
}

/// Why spans were not exported.
struct ExportFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
