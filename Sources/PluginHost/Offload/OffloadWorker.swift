/// What one worker thread works with: a Lua state of its own, made at the first call.
///
/// It belongs to its thread.
struct OffloadWorker {
    /// A state, and what its host functions need, which must outlive it.
    struct Room {
        let state: PluginState
        let services: AnyObject
    }

    private let makeRoom: () throws -> Room
    private var room: Result<Room, HostCallError>?
    /// What the scripts held after the last collection.
    private var kept = 0

    init(makeRoom: @escaping () throws -> Room) { self.makeRoom = makeRoom }

    /// Bytes the scripts hold.
    var memory: Int { state?.memory ?? 0 }

    func handlers(of plugin: String) -> [HandlerStatistics] {
        guard let state, let index = state.pluginNames.firstIndex(of: plugin) else { return [] }
        return state.handlers(of: index)
    }

    mutating func run(_ call: OffloadCall) -> Result<[LuaValue], HostCallError> {
        let room = room ?? make()
        switch room {
        case .failure(let error): return .failure(error)
        case .success(let room):
            defer { collectIfGrown(room.state) }
            return Result { () throws(HostCallError) in
                try room.state.runOffload(call.plugin, call.function, arguments: call.arguments)
            }
        }
    }

    private var state: PluginState? {
        if case .success(let room) = room { room.state } else { nil }
    }

    /// Kept also when it fails: the same sources would fail again.
    private mutating func make() -> Result<Room, HostCallError> {
        let made: Result<Room, HostCallError>
        do { made = .success(try makeRoom()) } catch { made = .failure(HostCallError("a worker could not be made: \(error)")) }
        room = made
        kept = memory
        return made
    }

    /// Calls may leave much garbage, and the next one may be hours away.
    private mutating func collectIfGrown(_ state: PluginState) {
        guard state.memory > kept * 2 + (1 << 20) else { return }
        state.collectGarbage()
        kept = state.memory
    }
}
