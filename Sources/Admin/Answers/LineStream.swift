import Foundation
import HTTPListener
import HTTPTypes
import Hummingbird
import NIOCore
import Node

/// A tap as an answer that goes on: a line of JSON an item, until its time is over, the client leaves or the node ends.
struct LineStream<Item: Sendable>: Sendable {
    let tap: Tap<Item>
    let seconds: Double
    let control: any NodeControl
    /// A line with its end.
    let line: @Sendable (Item) throws -> [UInt8]
    /// The last line: how many items it gave and how many it had to leave out.
    var summary: @Sendable (_ summary: StreamSummary) throws -> [UInt8] = { [UInt8](try AdminJSON.encode($0)) + [10] }

    /// An empty line after so long without another: a client that is gone is noticed by it.
    private static var quiet: Double { 1 }

    var response: Response {
        let tap = tap
        // Should nobody ever ask for the body.
        Task {
            try? await Task.sleep(for: .seconds(seconds + 10))
            await tap.end()
        }
        return .lines(
            ResponseBody { writer in
                do { try await write(to: &writer) } catch {
                    await tap.end()
                    throw error
                }
                try await writer.finish(nil)
            })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        var written = ContinuousClock.now
        var items = 0, dropped = 0
        var isLast = false
        // The head goes out at once.
        try await writer.write(ByteBuffer(bytes: [10]))
        while !isLast {
            let isOver = ContinuousClock.now >= end || !control.isReady
            if isOver { await tap.end() }
            let batch = tap.take()
            isLast = isOver || batch.isLast
            items += batch.items.count
            dropped += batch.dropped
            var buffer = ByteBuffer()
            for item in batch.items { buffer.writeBytes(try line(item)) }
            if isLast {
                buffer.writeBytes(try summary(StreamSummary(items: items, dropped: dropped, endedEarly: !isOver)))
            }
            if buffer.readableBytes == 0, ContinuousClock.now - written >= .seconds(Self.quiet) { buffer.writeInteger(UInt8(10)) }
            if buffer.readableBytes > 0 {
                try await writer.write(buffer)
                written = .now
            }
            if !isLast { try await Task.sleep(for: .milliseconds(50)) }
        }
        await tap.end()
    }
}

/// The last line of a stream.
public struct StreamSummary: Codable, Sendable {
    public var event = "summary"
    public var items: Int
    /// Items that were left out, since the reader did not keep up.
    public var dropped: Int
    /// Whether it ended by itself, ahead of time: other rules came into force.
    public var endedEarly: Bool
}
