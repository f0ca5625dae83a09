import Dispatch
import Glibc
import Synchronization

/// Says when one of the files behind the rules may have changed: inotify on a thread of its own, debounced.
///
/// It says so once right after it begins to follow files, too, for what changed before.
final class FileWatch: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var files: WatchedFiles?
        var isNew = false
        var ended = false
    }

    private let notify: Int32
    private let wakeRead: Int32
    private let wakeWrite: Int32
    private let changed: @Sendable () -> Void
    private let trouble: @Sendable (String) -> Void
    private let state = Mutex(State())
    private var thread: pthread_t?

    // The thread's own.
    private var files: WatchedFiles?
    private var folders: [Int32: WatchedFolder] = [:]
    private var debounce = Debounce()
    private var troubled: Set<String> = []

    /// - Parameters:
    ///   - changed: called on the watch's thread.
    ///   - trouble: called there with a line about a folder that can't be watched, once for each.
    /// - Throws: `Failure` when the kernel gives no descriptors (fs.inotify.max_user_instances) or no thread.
    init(changed: @escaping @Sendable () -> Void, trouble: @escaping @Sendable (String) -> Void) throws(Failure) {
        self.changed = changed
        self.trouble = trouble
        var pipes: [Int32] = [-1, -1]
        guard pipe(&pipes) == 0 else { throw Failure(description: "no pipe: \(Self.error)") }
        for descriptor in pipes {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
        (wakeRead, wakeWrite) = (pipes[0], pipes[1])
        notify = inotify_init1(O_CLOEXEC | O_NONBLOCK)
        guard notify >= 0 else {
            let reason = Self.error
            Self.close([wakeRead, wakeWrite])
            throw Failure(description: "the kernel gives no inotify: \(reason)")
        }
        // The thread holds the watch; `end` lets go of it.
        thread = Thread.joinable(named: "plugin-watch") { self.run() }
        guard thread != nil else {
            Self.close([wakeRead, wakeWrite, notify])
            throw Failure(description: "no thread")
        }
    }

    /// From now on these. Any thread.
    func follow(_ files: WatchedFiles) {
        state.withLock { state in
            if state.files == files { return }
            state.files = files
            state.isNew = true
        }
        wake()
    }

    /// Returns when it calls nothing any more. Once; not on its own thread.
    func end() {
        state.withLock { $0.ended = true }
        wake()
        if let thread { pthread_join(thread, nil) }
        thread = nil
        Self.close([wakeRead, wakeWrite, notify])
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeWrite, &byte, 1)
    }

    // MARK: The thread

    private func run() {
        while true {
            var ready = [pollfd(fd: notify, events: Int16(POLLIN), revents: 0), pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
            let count = poll(&ready, 2, timeout)
            if count < 0, errno != EINTR { return }
            drainWakes()
            let (isNew, ended) = state.withLock { state in
                defer { state.isNew = false }
                files = state.files
                return (state.isNew, state.ended)
            }
            if ended { return }
            if isNew {
                lookAgain()
                debounce.changed(at: Self.now)
            }
            readEvents()
            if debounce.isOver(at: Self.now) {
                // First: what changes after the files are read is then seen.
                lookAgain()
                changed()
            }
        }
    }

    private var timeout: Int32 {
        guard let due = debounce.due else { return -1 }
        let now = Self.now
        return due > now ? Int32((due - now) / 1_000_000) + 1 : 0
    }

    private func drainWakes() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeRead, &bytes, bytes.count) > 0 {}
    }

    /// Watches the folders that are there now and lets go of others.
    private func lookAgain() {
        guard let files else { return }
        let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        var found: [Int32: WatchedFolder] = [:]
        for (path, folder) in files.folders() {
            let watch = inotify_add_watch(notify, path, mask)
            if watch >= 0 {
                found[watch, default: WatchedFolder()].add(folder)
            } else if errno != ENOENT, errno != ENOTDIR {
                let reason = Self.error
                if troubled.insert(path).inserted { trouble("\(path): \(reason)") }
            }
        }
        for gone in folders.keys where found[gone] == nil { inotify_rm_watch(notify, gone) }
        folders = found
    }

    private func readEvents() {
        let room = 16_384
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 8)
        defer { buffer.deallocate() }
        var foldersChanged = false
        while true {
            let count = read(notify, buffer, room)
            if count <= 0 { break }
            var offset = 0
            while offset + 16 <= count {
                let event = UnsafeRawPointer(buffer + offset)
                let length = Int(event.load(fromByteOffset: 12, as: UInt32.self))
                let name = length > 0 ? String(cString: (event + 16).assumingMemoryBound(to: CChar.self)) : ""
                take(event.load(as: Int32.self), event.load(fromByteOffset: 4, as: UInt32.self), name, &foldersChanged)
                offset += 16 + length
            }
        }
        if foldersChanged { lookAgain() }
    }

    private func take(_ watch: Int32, _ mask: UInt32, _ name: String, _ foldersChanged: inout Bool) {
        let isFolder = mask & UInt32(IN_ISDIR) != 0
        let isLost = mask & UInt32(IN_Q_OVERFLOW) != 0
        let isItself = mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF) != 0
        guard isLost || isItself || folders[watch]?.concerns(name, isFolder: isFolder) ?? false else { return }
        debounce.changed(at: Self.now)
        if isFolder || isLost || isItself { foldersChanged = true }
    }

    // MARK: The system

    private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
    private static var error: String { String(cString: strerror(errno)) }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { _ = Glibc.close(descriptor) }
    }
}
