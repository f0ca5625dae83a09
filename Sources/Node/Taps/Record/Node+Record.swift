import Foundation
import PluginHost
import PluginRecording
import Synchronization

// Recording what comes into the pipeline and what the rules make of it.
extension Node {
    /// Lines of a recording, with their ends; the first is its header. It ends by itself when the rules are reloaded.
    public func record(_ request: RecordRequest) async throws(TapFailure) -> Tap<[UInt8]> {
        try recordings.take("a recording")
        guard let current = generations.current else {
            recordings.give()
            throw TapFailure(.busy, "the node has no rules yet")
        }
        let items = Feed<Recorder.Item>(mostItems: 100_000, mostBytes: 64 << 20)
        let recorder = Recorder(request.sample, generation: current.number, shared: shared, feed: items)
        let header = RecordingHeader(
            node: shared.configuration.node.name, started: Date().timeIntervalSince1970, loops: loops.count,
            generation: current.number,
            pipeline: zip(current.checked.plugins, current.checked.sources.pipeline).map { description, entry in
                .init(name: description.name, version: description.version, settings: entry.settings)
            }, redacted: request.hidesContents)
        let lines = RecordingLines(header, firstNumber: shared.noteNumbers.load(ordering: .relaxed))
        for owner in loops { _ = await owner.ask { $0.add(recorder) } }
        let isBegun = Atomic<Bool>(false)
        let take: @Sendable () -> Feed<[UInt8]>.Batch = {
            let batch = items.take()
            let head = isBegun.exchange(true, ordering: .relaxed) ? [] : [lines.first]
            return .init(items: head + batch.items.map(lines.line), dropped: batch.dropped, isLast: batch.isLast)
        }
        return Tap(take) { [self] in
            for owner in loops { _ = await owner.ask { $0.remove(recorder) } }
            items.close()
            recordings.give()
        }
    }
}
