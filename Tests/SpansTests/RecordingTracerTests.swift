import Foundation
import Testing
import Tracing

@testable import Spans

@Suite struct RecordingTracerTests {
    private struct Fields: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    private let tracer = RecordingTracer()

    private func taken() -> [FinishedSpan] { tracer.buffer.take(100) }

    @Test func aChildIsPartOfItsParentsTrace() throws {
        let parent = tracer.startSpan("parent", context: .topLevel)
        let child = tracer.startSpan("child", context: parent.context, ofKind: .client)
        child.attributes["answer"] = 42
        child.setStatus(SpanStatus(code: .error, message: "no luck"))
        child.end()
        parent.end()
        parent.end()
        let spans = taken()
        #expect(spans.map(\.name) == ["child", "parent"])
        #expect(spans[0].context.traceID == spans[1].context.traceID)
        #expect(spans[0].parent == spans[1].context.span)
        #expect(spans[1].parent == nil)
        #expect(spans[0].isError && spans[0].message == "no luck" && !spans[1].isError)
        #expect(spans[0].start >= spans[1].start && spans[0].end <= spans[1].end)
        #expect(!parent.isRecording)
    }

    @Test func aTraceGoesOnElsewhere() throws {
        let here = tracer.startSpan("here", context: .topLevel)
        var carrier: [String: String] = [:]
        tracer.inject(here.context, into: &carrier, using: Fields())
        var context = ServiceContext.topLevel
        tracer.extract(carrier, into: &context, using: Fields())
        let there = tracer.startSpan("there", context: context)
        #expect(there.context.trace?.traceID == here.context.trace?.traceID)
        #expect(there.context.trace?.span != here.context.trace?.span)
        var none = ServiceContext.topLevel
        tracer.extract(["traceparent": "nonsense"], into: &none, using: Fields())
        #expect(none.trace == nil)
    }

    @Test func theBufferIsBounded() {
        let tracer = RecordingTracer(buffer: SpanBuffer(most: 2))
        for name in ["a", "b", "c"] { tracer.startSpan(name, context: .topLevel).end() }
        #expect(tracer.buffer.take(1).map(\.name) == ["a"])
        #expect(tracer.buffer.counts == (exported: 1, dropped: 1))
        tracer.buffer.lost(1)
        #expect(tracer.buffer.counts == (exported: 0, dropped: 2))
    }

    @Test func spansBecomeOTLP() throws {
        let parent = tracer.startSpan("parent", context: .topLevel, ofKind: .server)
        let child = tracer.startSpan("child", context: parent.context)
        child.attributes["text"] = "a \"quoted\" one"
        child.attributes["number"] = 7
        child.attributes["flag"] = true
        child.setStatus(SpanStatus(code: .error, message: "why"))
        child.end()
        parent.end()
        let data = try OTLPDocument(taken(), resource: [("service.name", "hpush")], version: "1").json()
        #expect(!data.contains(UInt8(ascii: "\n")))
        let root = try #require(JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
        let resource = try #require(root["resourceSpans"]?.first)
        let scope = try #require((resource["scopeSpans"] as? [[String: Any]])?.first)
        let spans = try #require(scope["spans"] as? [[String: Any]])
        #expect(spans[0]["parentSpanId"] as? String == spans[1]["spanId"] as? String)
        #expect((spans[0]["traceId"] as? String)?.count == 32)
        #expect(spans[0]["kind"] as? Int == 1 && spans[1]["kind"] as? Int == 2)
        #expect(UInt64(spans[0]["startTimeUnixNano"] as? String ?? "") ?? 0 > 1_600_000_000_000_000_000)
        #expect((spans[0]["status"] as? [String: Any])?["code"] as? Int == 2)
        let attributes = try #require(spans[0]["attributes"] as? [[String: Any]])
        #expect(attributes.map { $0["key"] as? String } == ["flag", "number", "text"])
        #expect((attributes[1]["value"] as? [String: Any])?["intValue"] as? String == "7")
        #expect((attributes[2]["value"] as? [String: Any])?["stringValue"] as? String == "a \"quoted\" one")
    }

    @Test func aShareIsTaken() {
        #expect(TraceSampler(share: 0).isOff)
        #expect(!TraceSampler(share: 0).takes(0))
        #expect(TraceSampler(share: 1).takes(.max))
        let half = TraceSampler(share: 0.5)
        #expect(half.takes(0) && half.takes(.max / 2 - 1000) && !half.takes(.max))
    }
}
