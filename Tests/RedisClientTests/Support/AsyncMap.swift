extension Sequence where Element: Sendable {
    /// All at the same time.
    func asyncMap<T: Sendable>(_ transform: @escaping @Sendable (Element) async throws -> T) async throws -> [T] {
        try await withThrowingTaskGroup(of: T.self) { group in
            for element in self { group.addTask { try await transform(element) } }
            var all: [T] = []
            for try await value in group { all.append(value) }
            return all
        }
    }
}
