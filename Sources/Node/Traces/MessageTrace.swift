import PluginHost
import Synchronization
import Tracing

/// The spans of one message that is traced, from its arrival to the end of its chain, waits included. What it causes (a store, another node)
/// may end later. Any thread.
final class MessageTrace: Sendable {
    let tracing: NodeTracing
    let root: any Span
    /// What the chain waits for: one thing at a time.
    private let waiting = Mutex<(any Span)?>(nil)

    /// - Parameter name: of the root span.
    init(_ tracing: NodeTracing, _ name: String, _ kind: SpanKind, in context: ServiceContext = .topLevel) {
        self.tracing = tracing
        root = tracing.begin(name, kind, in: context)
    }

    /// Something that the message causes; the caller ends it.
    /// - Parameter start: nanoseconds since 1970; nil: now.
    func child(_ name: String, _ kind: SpanKind = .internal, at start: UInt64? = nil) -> any Span {
        tracing.begin(name, kind, in: root.context, at: start)
    }

    /// A handler asked something outside by a function of the host, and waits.
    func asked(_ function: String) {
        let span = child("hpush.\(function)", .client)
        waiting.withLock { $0 = span }
    }

    /// It goes on.
    func answered(_ answer: Result<[LuaValue], HostCallError>) {
        let span = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        guard let span else { return }
        switch answer {
        // The functions' way to say that something did not work: nil and a reason.
        case .success(let values) where values.count > 1 && values[0].isNil: span.end(failing: values[1].text ?? "failed")
        case .success: span.end()
        case .failure(let error): span.end(failing: error.description)
        }
    }

    /// For other services.
    var traceparent: String? { tracing.text(of: root.context) }

    /// What goes along to another node.
    func text(of span: any Span) -> String? { tracing.text(of: span.context) }
}

extension Span {
    /// Ends it; with a reason it failed.
    func end(failing reason: String?) {
        if let reason { setStatus(SpanStatus(code: .error, message: reason)) }
        end()
    }
}
