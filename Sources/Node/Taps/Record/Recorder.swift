import Foundation
import Messaging
import PluginHost
import PluginRecording
import Synchronization

/// A recording that runs: gets notes from the loops, to be turned into lines where they are read (`RecordingLines`).
///
/// Sessions get a line when they first stand in a chain, as if they had been there when the recording began.
final class Recorder: NoteReader {
    /// A line of a recording before it is written.
    enum Item: Sendable {
        case session(loop: Int, handle: UInt64, uid: String, device: String, RecordedSession)
        case chain(ChainNote)
    }

    /// What an item counts for beyond its bytes.
    private static let itemBytes = 256
    /// Sessions that it may know of.
    private static let mostSessions = 1_000_000

    let sample: Sample
    let generation: UInt64
    let feed: Feed<Item>
    private let shared: NodeShared
    private let known = Mutex<Set<UInt64>>([])

    init(_ sample: Sample, generation: UInt64, shared: NodeShared, feed: Feed<Item>) {
        self.sample = sample
        self.generation = generation
        self.shared = shared
        self.feed = feed
    }

    func finished(_ note: ChainNote) {
        let result = note.result
        var bytes = Self.itemBytes + result.deliveries.reduce(0) { $0 + $1.frame.count + 128 } + result.outcome.answers.count * 512
        switch note.event {
        case .message(_, let frame): bytes += frame.count
        case .open: break
        case .close: known.withLock { _ = $0.remove(note.handle) }
        }
        feed.put(.chain(note), bytes: bytes)
    }

    func takes(loop: Int) -> Bool { true }

    func outdated() { feed.close() }

    func opens(_ handle: UInt64) -> Bool { known.withLock { $0.count < Self.mostSessions && $0.insert(handle).inserted } }

    func knows(_ handle: UInt64) -> Bool { known.withLock { $0.contains(handle) } }

    func saw(_ sight: SessionSight) {
        let session = sight.session
        guard session.handle.rawValue != 0, introduce(session) else { return }
        // What rules ask about a user goes by all the sessions.
        for other in shared.routes.sessions(of: session.uid) { _ = introduce(other) }
    }

    private func introduce(_ session: Session) -> Bool {
        let handle = session.handle.rawValue
        guard opens(handle) else { return false }
        let recorded = RecordedSession(
            id: session.id.description, platform: session.platform, remote: session.remote, since: Double(session.since) / 1000,
            attributes: SessionAttributes.all(of: session).map { .init(.text($0.key), LuaValue($0.value)) })
        feed.put(
            .session(loop: session.handle.loop, handle: handle, uid: session.uid, device: session.device, recorded),
            bytes: Self.itemBytes * 2)
        return true
    }
}
