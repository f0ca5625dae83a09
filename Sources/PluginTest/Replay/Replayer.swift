import CWire
import Messaging
import PluginHost
import PluginRecording
import WireProtocol

/// Runs a version of the rules over a recording and compares what they do.
///
/// Sessions come and go as they did, the clock is that of the recording, and what came from outside (accounts, tokens, other services) comes
/// again. What the rules had in memory when the recording began is not in it.
package final class Replayer {
    private struct Pending {
        let entry: RecordingEntry
        let record: ChainRecord
    }

    private struct Open {
        let session: Session
        let connection: VirtualConnection
    }

    private let recording: Recording
    private let node: VirtualNode
    private let redaction: Redaction
    private let report: (ReplayDifference) -> Void
    /// By their numbers in the recording.
    private var sessions: [UInt64: Open] = [:]
    /// Numbers in the recording, by handle.
    private let numbers = SessionNumbers()
    private var pending: [Pending] = []
    private var summary = ReplaySummary()

    /// - Parameters:
    ///   - setup: the candidate: its pipeline and files. Time, loops and name are taken from the recording.
    ///   - report: called for each difference, in the order of the recording.
    /// - Throws: `PluginFailure` when the candidate can't be loaded.
    package init(_ recording: Recording, against setup: NodeSetup, report: @escaping (ReplayDifference) -> Void) throws {
        var setup = setup
        setup.time = recording.header.started
        setup.loops = recording.header.loops
        setup.name = recording.header.node
        setup.generation = recording.header.generation + 1
        self.recording = recording
        self.report = report
        redaction = Redaction(hidesContents: recording.header.redacted)
        node = try VirtualNode(setup, isReplay: true)
    }

    package func run() throws -> ReplaySummary {
        for entry in recording.entries {
            try node.advance(toNanoseconds: UInt64(entry.at * 1e9))
            play(entry)
            try node.settle()
            compareFinished(all: false)
        }
        try node.advance(Double(node.setup.limits.waitMilliseconds) / 1000 + 1)
        compareFinished(all: true)
        return summary
    }

    // MARK: Playing

    private func play(_ entry: RecordingEntry) {
        switch entry.event {
        case .open(let session, let before):
            let open = self.open(entry, session)
            guard !before, let open, open.connection.loop.hasSessionOpen || entry.outcome != nil else { return }
            let record = self.record(entry)
            if open.connection.loop.hasSessionOpen {
                open.connection.loop.fire("session_open", open.session, record)
            } else {
                record.nothingRan()
            }
        case .close:
            guard let open = sessions.removeValue(forKey: entry.session) else { return }
            let record = entry.outcome != nil || open.connection.loop.hasSessionClose ? self.record(entry) : nil
            if !open.connection.loop.hasSessionClose { record?.nothingRan() }
            open.connection.loop.closeSession(open.session, record)
            node.forget(open.connection)
        case .message(let type, let body):
            let loop = node.loops[entry.loop % node.loops.count]
            let connection: VirtualConnection
            if type == "login_request" {
                connection = node.connect(remote: "", loop: loop.index)
                connection.keepsFrames = false
            } else if let known = sessions[entry.session] ?? open(entry, RecordedSession(id: "", platform: 0, remote: "", since: 0)) {
                connection = known.connection
            } else {
                return
            }
            let record = self.record(entry)
            record.connection = connection
            connection.loop.receive(Frame.encode(body: body), connection, record: record)
            if type == "login_request" { node.forget(connection) }
        }
    }

    /// Makes a session as it was; nil when there is no room for more.
    private func open(_ entry: RecordingEntry, _ recorded: RecordedSession) -> Open? {
        let loop = node.loops[entry.loop % node.loops.count]
        let connection = node.connect(remote: recorded.remote, loop: loop.index)
        connection.keepsFrames = false
        let session = Session(transport: connection)
        connection.session = session
        let opened = loop.open(
            session, uid: Array(entry.uid.utf8), device: Array(entry.device.utf8), remote: recorded.remote, platform: recorded.platform,
            since: UInt64(max(0, recorded.since) * 1000))
        guard opened else { return nil }
        if !recorded.id.isEmpty { node.sessionIDs[session.handle] = recorded.id }
        numbers.byHandle[session.handle] = entry.session
        for attribute in recorded.attributes {
            guard let key = attribute.key.text, let value = try? SessionAttributes.Value(attribute.value, "an attribute") else { continue }
            _ = SessionAttributes.set(key, to: value, of: session)
        }
        let open = Open(session: session, connection: connection)
        sessions[entry.session] = open
        return open
    }

    private func record(_ entry: RecordingEntry) -> ChainRecord {
        let numbers = numbers
        let record = ChainRecord(answers: entry.outcome?.answers ?? []) { numbers.byHandle[$0.handle] ?? 0 }
        pending.append(Pending(entry: entry, record: record))
        return record
    }

    // MARK: Comparing

    /// Compares what has ended, in order; with `all`, also what never did.
    private func compareFinished(all: Bool) {
        var count = 0
        while count < pending.count, all || pending[count].record.isDone {
            compare(pending[count])
            count += 1
        }
        pending.removeFirst(count)
    }

    private func compare(_ pending: Pending) {
        let entry = pending.entry, record = pending.record
        for name in record.unanswered { summary.unanswered[name, default: 0] += 1 }
        guard record.isDone else { return summary.skipped += 1 }
        let was: RecordedOutcome
        if let outcome = entry.outcome {
            was = outcome
        } else if case .message = entry.event {
            return summary.skipped += 1
        } else {
            was = RecordedOutcome()  // no handler ran for it
        }
        summary.compared += 1
        let found = OutcomeComparison.differences(was: was, now: redaction.outcome(record.outcome))
        if !found.isEmpty { summary.differing += 1 }
        for difference in found {
            report(ReplayDifference(number: entry.number, at: entry.at, uid: entry.uid, type: entry.event.name, difference: difference))
        }
    }
}

/// Numbers of sessions in a recording, shared by the records of all chains.
private final class SessionNumbers {
    var byHandle: [SessionHandle: UInt64] = [:]
}

extension RecordingEntry.Event {
    fileprivate var name: String {
        switch self {
        case .open: "session_open"
        case .close: "session_close"
        case .message(let type, _): type
        }
    }
}
