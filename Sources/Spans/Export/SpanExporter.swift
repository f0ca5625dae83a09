import Logging
import ServiceLifecycle
import Synchronization

/// Takes ended spans out of their buffer once a second and hands them on, to a collector, a file, or both. What was not taken is lost, and counted:
/// traces are samples.
///
/// A service: it runs until a graceful shutdown, and hands on what there is then.
public final class SpanExporter: Service {
    private static let batch = 512

    private let buffer: SpanBuffer
    private let sinks: [any SpanSink]
    private let resource: [(String, String)]
    private let version: String
    private let logger: Logger
    /// The last batch was not taken.
    private let isFailing = Atomic<Bool>(false)

    /// - Parameters:
    ///   - url: of a collector; empty: none.
    ///   - file: for OTLP JSON, a batch a line; empty: none.
    ///   - node: its name.
    public init(_ buffer: SpanBuffer, url: String, file: String, node: String, version: String, logger: Logger) {
        self.buffer = buffer
        self.version = version
        self.logger = logger
        resource = [("service.name", "hpush"), ("service.instance.id", node), ("service.version", version)]
        sinks = (url.isEmpty ? [] : [CollectorSink(url: url)]) + (file.isEmpty ? [] : [FileSink(path: file)])
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.export()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        await export()
        for sink in sinks { await sink.close() }
    }

    private func export() async {
        while true {
            let spans = buffer.take(Self.batch)
            if spans.isEmpty { return }
            do {
                let document = try OTLPDocument(spans, resource: resource, version: version).json()
                for sink in sinks { try await sink.write(document) }
                if isFailing.exchange(false, ordering: .relaxed) { logger.notice("spans are exported again") }
            } catch {
                buffer.lost(spans.count)
                // Once, not each second.
                if !isFailing.exchange(true, ordering: .relaxed) { logger.warning("spans cannot be exported: \(error)") }
                return
            }
        }
    }
}
