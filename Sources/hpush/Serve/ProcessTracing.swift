import HPushConfiguration
import HTTPListener
import Logging
import Node
import Spans

/// The spans of this process, and their way out of it.
struct ProcessTracing {
    let buffer = SpanBuffer()
    /// A service. It is to end last: it hands on what there is then.
    let exporter: SpanExporter
    private let share: Double

    /// nil where the configuration names no place for spans.
    init?(_ configuration: NodeConfiguration) {
        let section = configuration.tracing
        guard section.isOn else { return nil }
        share = section.sample
        exporter = SpanExporter(
            buffer, url: section.otlpURL, file: section.file, node: configuration.node.name, version: Node.version,
            logger: Logger(label: "tracing"))
    }

    var tracer: RecordingTracer { RecordingTracer(buffer: buffer) }

    /// For HTTP.
    var requests: RequestSpans { RequestSpans(tracer: tracer, share: share) }
}
