import Testing

@testable import Spans

@Suite struct TraceContextTests {
    @Test func itIsWrittenAndReadAsTraceparent() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanID == "00f067aa0ba902b7")
        #expect(context.traceparent == text)
    }

    @Test(arguments: [
        "", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7", "01-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00", "00-0AF7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-1", "00-+af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
    ])
    func whatIsNoneIsNotTaken(_ text: String) { #expect(TraceContext(traceparent: text) == nil) }
}
