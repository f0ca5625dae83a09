import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct LoopLinkTests {
    @Test func aMillionRecordsArriveInOrder() throws {
        let source = try LoopFixture(index: 0)
        let target = try LoopFixture(index: 1)
        defer {
            source.stop()
            target.stop()
        }
        let sink = RecordSink()
        let link = LoopLink(from: source.loop, to: target.loop, delegate: sink)
        let total = 1_000_000
        for start in stride(from: 0, to: total, by: 10_000) {
            source.loop.execute {
                for number in start..<start + 10_000 {
                    let length = number % 97
                    let place = link.reserve(a: UInt64(number), b: ~UInt64(number), kind: UInt32(number % 5), payload: length)
                    place.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: number), count: length)
                }
            }
        }
        source.loop.execute { link.execute { sink.finished() } }
        #expect(sink.done.wait(timeout: .now() + 60) == .success)
        #expect(sink.state.value.next == total)
        #expect(sink.state.value.wrong == 0)
        _ = target.run { _ in }
        #expect(source.run { _ in link.outstandingBytes } == 0)
        #expect(target.loop.counters.records == total)
    }

    @Test func outstandingBytesGrowWhileTheTargetIsBusy() throws {
        let source = try LoopFixture(index: 0)
        let target = try LoopFixture(index: 1)
        defer {
            source.stop()
            target.stop()
        }
        let sink = RecordSink()
        let link = LoopLink(from: source.loop, to: target.loop, delegate: sink)
        let gate = DispatchSemaphore(value: 0)
        target.loop.execute { gate.wait() }
        let large = [UInt8](repeating: 0, count: 1 << 20)
        _ = source.run { _ in
            large.withUnsafeBytes { link.send(a: 0, b: ~0, kind: 0, payload: $0) }
        }
        #expect(source.run { _ in link.outstandingBytes } == (1 << 20) + 24)
        gate.signal()
        _ = target.run { _ in }
        #expect(source.run { _ in link.outstandingBytes } == 0)
    }

    /// `link.execute` keeps its place among the records of the same tick.
    @Test func tasksKeepTheirPlaceAmongRecords() throws {
        let source = try LoopFixture(index: 0)
        let target = try LoopFixture(index: 1)
        defer {
            source.stop()
            target.stop()
        }
        let sink = RecordSink()
        let link = LoopLink(from: source.loop, to: target.loop, delegate: sink)
        let places = Locked<[Int]>([])
        _ = source.run { _ in
            for number in 0..<100 {
                link.send(a: UInt64(number), b: ~UInt64(number), kind: UInt32(number % 5), payload: .init(start: nil, count: 0))
                link.execute { places.change { $0.append(sink.state.value.next) } }
            }
            link.execute { sink.finished() }
        }
        #expect(sink.done.wait(timeout: .now() + 20) == .success)
        #expect(places.value == Array(1...100))
    }

    @Test func recordsForAnEndedLoopAreDropped() throws {
        let source = try LoopFixture(index: 0)
        let target = try LoopFixture(index: 1)
        let link = LoopLink(from: source.loop, to: target.loop, delegate: RecordSink())
        target.stop()
        _ = source.run { _ in link.send(a: 1, b: 2, kind: 3, payload: .init(start: nil, count: 0)) }
        #expect(source.run { _ in link.outstandingBytes } == 0)
        source.stop()
    }
}

/// Expects numbered records (`a` counts, `b` is its complement, payload made of it).
private final class RecordSink: LoopLinkDelegate, @unchecked Sendable {
    let state = Locked((next: 0, wrong: 0))
    let done = DispatchSemaphore(value: 0)
    private var next = 0
    private var wrong = 0

    func received(_ record: LinkRecord, from link: LoopLink) {
        let number = Int(record.a)
        let length = number % 97
        let right =
            number == next && record.b == ~record.a && (record.payload.isEmpty || record.payload.count == length || number == 0)
            && record.kind == UInt32(number % 5)
            && (record.payload.first ?? UInt8(truncatingIfNeeded: number)) == UInt8(truncatingIfNeeded: number)
            && (record.payload.last ?? UInt8(truncatingIfNeeded: number)) == UInt8(truncatingIfNeeded: number)
        if !right { wrong += 1 }
        next += 1
        state.value = (next, wrong)
    }

    func finished() { done.signal() }
}
