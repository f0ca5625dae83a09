import CPluginBridge
import CWire
import Dispatch
import Foundation
import Messaging
import PluginHost
import PluginRecording
import Reactor

// Noting what chains do, for recordings and shadows. Nothing of it runs as long as there are none.
extension NodeLoop {
    func add(_ reader: any NoteReader) {
        noteReaders.append(reader)
        setObserved()
    }

    func remove(_ reader: any NoteReader) {
        noteReaders.removeAll { $0 === reader }
        setObserved()
    }

    /// - Parameter uid: of the session, or the one its login claims.
    private func readers(
        of event: ChainNote.Event, _ uid: UnsafeRawBufferPointer, _ handle: UInt64, _ state: PluginState
    ) -> [any NoteReader] {
        noteReaders.filter { reader in
            guard reader.generation == state.generation else { return false }
            // Whoever knows that a session is there has to know that it is not there any more.
            if case .close = event, reader.knows(handle) { return true }
            guard reader.sample.contains(uid) else { return false }
            if case .open = event { return reader.opens(handle) && reader.takes(loop: index) }
            return reader.takes(loop: index)
        }
    }

    /// Called only when `isObserved`, before a chain or an event's handlers run.
    func beginNote(_ event: ChainNote.Event, _ session: Session, _ state: PluginState) {
        guard !noteReaders.isEmpty else { return }
        let claimed = session.handle.rawValue == 0 ? (session.loginRequest as? LoginFields)?.uid ?? [] : nil
        let handle = session.handle.rawValue
        let readers =
            claimed.map { claimed in claimed.withUnsafeBytes { self.readers(of: event, $0, handle, state) } }
            ?? readers(of: event, session.uidBytes, handle, state)
        guard !readers.isEmpty else { return }
        let note = ChainNote(
            event, session, uid: claimed.map { String(decoding: $0, as: UTF8.self) } ?? session.uid, loop: index,
            remote: claimed == nil ? session.remote : connection(of: session)?.remoteText ?? "", generation: state.generation,
            number: shared.noteNumbers.wrappingAdd(1, ordering: .relaxed).newValue, began: Date().timeIntervalSince1970, readers: readers)
        if case .message = event, note.handle != 0 { note.saw(session) }
        note.runsSince = DispatchTime.now().uptimeNanoseconds
        noting = note
    }

    /// A session opened or closed where no handler waits for it.
    func noteWithoutHandlers() {
        noting?.change { $0.ran = false }
        noting?.isDone()
    }

    /// The rules have run, or wait; called only when `isObserved`.
    func noteRun() {
        guard let note = noting else { return }
        let spent = DispatchTime.now().uptimeNanoseconds - note.runsSince
        note.change { $0.nanoseconds += spent }
    }

    /// What runs from here on is not of the chain that was noted.
    func endNote() {
        spanning = nil
        guard let note = noting else { return }
        noting = nil
        note.settle()
    }

    /// A waiting chain goes on with an answer.
    func goOnNoting(_ wait: WaitingRun, _ answer: Result<[LuaValue], HostCallError>) {
        spanning = wait.trace
        spanning?.answered(answer)
        guard let note = wait.note else { return }
        noting = note
        let now = DispatchTime.now().uptimeNanoseconds
        if let asked = note.asked, case .success(let values) = answer {
            note.change {
                $0.outcome.answers.append(.init(function: asked.function, after: Double(now - asked.since) / 1e9, values: values))
            }
        }
        note.asked = nil
        note.runsSince = now
    }

    /// What a host function answered in a chain that is noted.
    func noteAnswer(_ name: String, _ answer: HostAnswer) {
        if let spanning, case .wait = answer { spanning.asked(name) }
        guard let note = noting else { return }
        switch answer {
        case .values(let values):
            note.change { $0.outcome.answers.append(.init(function: name, after: 0, values: values)) }
        case .wait: note.asked = (name, DispatchTime.now().uptimeNanoseconds)
        }
    }

    /// What a plugin is about to change, as it is before the chain's first change.
    func noteBefore(_ key: ChainNote.BeforeKey, _ value: () -> LuaValue) {
        noting?.change { result in
            if result.before[key] == nil, result.before.count < 1000 { result.before[key] = value() }
        }
    }
}
