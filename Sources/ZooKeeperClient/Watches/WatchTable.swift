/// Which watches a session has, by paths as the server names them, and whom they tell.
struct WatchTable {
    private var data: [String: [WatchHandler]] = [:]
    private var exists: [String: [WatchHandler]] = [:]
    private var children: [String: [WatchHandler]] = [:]
    private var persistent: [String: [WatchHandler]] = [:]
    private var recursive: [String: [WatchHandler]] = [:]

    var isEmpty: Bool {
        data.isEmpty && exists.isEmpty && children.isEmpty && persistent.isEmpty && recursive.isEmpty
    }

    // MARK: - One-time watches

    mutating func addData(_ path: String, _ handler: @escaping WatchHandler) { data[path, default: []].append(handler) }

    /// A watch for a node that is not there.
    mutating func addExists(_ path: String, _ handler: @escaping WatchHandler) { exists[path, default: []].append(handler) }

    mutating func addChildren(_ path: String, _ handler: @escaping WatchHandler) { children[path, default: []].append(handler) }

    // MARK: - Watches that stay

    mutating func add(_ path: String, _ mode: WatchMode, _ handler: @escaping WatchHandler) {
        switch mode {
        case .persistent: persistent[path, default: []].append(handler)
        case .persistentRecursive: recursive[path, default: []].append(handler)
        }
    }

    /// The handlers of persistent watches with their paths.
    var staying: [(path: String, handlers: [WatchHandler])] {
        persistent.map { ($0.key, $0.value) } + recursive.map { ($0.key, $0.value) }
    }

    // MARK: - Events

    /// Whom a notification is for; one-time watches among them are gone.
    mutating func fired(_ kind: WatchEvent.Kind, _ path: String) -> [WatchHandler] {
        var handlers: [WatchHandler] = []
        func take(_ table: inout [String: [WatchHandler]]) {
            if let found = table.removeValue(forKey: path) { handlers += found }
        }
        switch kind {
        case .created, .dataChanged:
            take(&data)
            take(&exists)
        case .deleted:
            take(&data)
            take(&exists)
            take(&children)
        case .childrenChanged: take(&children)
        case .removed, .reconnected, .lost: return []
        }
        if let found = persistent[path] { handlers += found }
        if kind != .childrenChanged, !recursive.isEmpty { addRecursive(path, &handlers) }
        return handlers
    }

    private func addRecursive(_ path: String, _ handlers: inout [WatchHandler]) {
        var current: String? = path
        while let place = current {
            if let found = recursive[place] { handlers += found }
            current = NodePath.parent(place)
        }
    }

    // MARK: - Removal

    mutating func remove(_ path: String, _ kind: WatchKind) -> [WatchHandler] {
        var handlers: [WatchHandler] = []
        func take(_ table: inout [String: [WatchHandler]]) {
            if let found = table.removeValue(forKey: path) { handlers += found }
        }
        if kind != .children {
            take(&data)
            take(&exists)
        }
        if kind != .data { take(&children) }
        if kind == .any {
            take(&persistent)
            take(&recursive)
        }
        return handlers
    }

    mutating func removeAll() -> [(path: String, handlers: [WatchHandler])] {
        let all = [data, exists, children, persistent, recursive].flatMap { $0.map { (path: $0.key, handlers: $0.value) } }
        self = WatchTable()
        return all
    }

    // MARK: - Reconnect

    /// What a new server must be told, in requests of about `limit` bytes at most, so that none is too large for it.
    func lists(lastZxid: Int64, limit: Int = 100_000) -> [WatchList] {
        var lists: [WatchList] = []
        var list = WatchList(lastZxid: lastZxid)
        var size = 0
        func add(_ paths: some Collection<String>, _ field: WritableKeyPath<WatchList, [String]>) {
            for path in paths {
                if size + path.utf8.count > limit, size > 0 {
                    lists.append(list)
                    list = WatchList(lastZxid: lastZxid)
                    size = 0
                }
                list[keyPath: field].append(path)
                size += JuteSize.string(path)
            }
        }
        add(data.keys, \.data)
        add(exists.keys, \.exists)
        add(children.keys, \.children)
        add(persistent.keys, \.persistent)
        add(recursive.keys, \.recursive)
        if size > 0 { lists.append(list) }
        return lists
    }
}
