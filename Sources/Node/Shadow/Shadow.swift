import Dispatch
import Foundation
import Messaging
import PluginHost
import PluginRecording
import Synchronization

/// A candidate that runs beside the rules in force, without effects: gets notes of what they do, has each loop's candidate do the same, and
/// compares.
final class Shadow: NoteReader {
    /// What both did, to be compared where it is read.
    struct Pair: Sendable {
        let note: ChainNote
        let now: ChainNote.Result
    }

    private struct State {
        var summary = ShadowSummary()
        var costs = ShadowCosts()
        var liveCosts = ShadowCosts()
        var kills = 0
    }

    let sample: Sample
    let generation: UInt64
    let policy: ShadowPolicy
    let feed = Feed<Pair>(mostItems: 20_000, mostBytes: 64 << 20)
    private let redaction: Redaction
    private let firstNumber: UInt64
    private let began = DispatchTime.now().uptimeNanoseconds
    private let state = Mutex(State())
    /// By loop. Set before it is added to the loops.
    private let loops: [ShadowLoop]

    init(
        _ request: ShadowRequest, generation: UInt64, loops: [ShadowLoop], firstNumber: UInt64, policy: ShadowPolicy = ShadowPolicy()
    ) {
        sample = request.sample
        redaction = Redaction(hidesContents: request.hidesContents)
        self.generation = generation
        self.loops = loops
        self.firstNumber = firstNumber
        self.policy = policy
    }

    // MARK: Notes

    func finished(_ note: ChainNote) {
        let own = loops[note.loop]
        own.node.loop.execute { own.take(note, self) }
    }

    func takes(loop: Int) -> Bool {
        let hasRoom = loops[loop].hasRoom(policy)
        if !hasRoom { skipped() }
        return hasRoom
    }

    func outdated() { stop("other rules came into force") }
    func opens(_ handle: UInt64) -> Bool { true }
    func knows(_ handle: UInt64) -> Bool { false }
    func saw(_ sight: SessionSight) {}

    // MARK: What the loops tell

    func ran(_ note: ChainNote, _ now: ChainNote.Result, unanswered: [String], wasKilled: Bool) {
        let live = note.result
        let kills = state.withLock { state in
            state.costs.add(now.nanoseconds)
            state.liveCosts.add(live.nanoseconds)
            for name in unanswered { state.summary.notCompared[name, default: 0] += 1 }
            if wasKilled { state.kills += 1 }
            return state.kills
        }
        if kills >= policy.kills { stop("the candidate was stopped over its budget \(kills) times") }
        guard unanswered.isEmpty else { return }
        let bytes = (live.deliveries + now.deliveries).reduce(512) { $0 + $1.frame.count }
        feed.put(Pair(note: note, now: now), bytes: bytes)
    }

    func skipped() { state.withLock { $0.summary.skipped += 1 } }
    func incomplete() { state.withLock { $0.summary.incomplete += 1 } }

    func stop(_ reason: String) {
        state.withLock { if $0.summary.reason == nil { $0.summary.reason = reason } }
        feed.close()
    }

    // MARK: Reading. Not on a loop.

    func take() -> Feed<ShadowDifference>.Batch {
        let batch = feed.take()
        let found = batch.items.compactMap(compare)
        state.withLock { state in
            state.summary.compared += batch.items.count
            state.summary.differing += found.count
            state.summary.skipped += batch.dropped
        }
        return .init(items: found, dropped: 0, isLast: batch.isLast)
    }

    private func compare(_ pair: Pair) -> ShadowDifference? {
        let was = ChainNote.outcome(pair.note.result, of: pair.note.event), now = ChainNote.outcome(pair.now, of: pair.note.event)
        let differences = OutcomeComparison.differences(was: redaction.outcome(was), now: redaction.outcome(now))
        guard !differences.isEmpty else { return nil }
        let type =
            switch pair.note.event {
            case .message(let type, _): FrameFields.typeName(type)
            case .open: "session_open"
            case .close: "session_close"
            }
        return ShadowDifference(
            time: pair.note.began, number: pair.note.number - min(firstNumber, pair.note.number), user: pair.note.uid, type: type,
            differences)
    }

    var summary: ShadowSummary {
        state.withLock { state in
            var summary = state.summary
            let elapsed = DispatchTime.now().uptimeNanoseconds - began
            summary.seconds = Double(elapsed) / 1e9
            summary.loopShare = Double(state.costs.total) / Double(elapsed) / Double(max(loops.count, 1))
            summary.p50Microseconds = state.costs.microseconds(0.5)
            summary.p99Microseconds = state.costs.microseconds(0.99)
            summary.liveP50Microseconds = state.liveCosts.microseconds(0.5)
            summary.liveP99Microseconds = state.liveCosts.microseconds(0.99)
            return summary
        }
    }
}
