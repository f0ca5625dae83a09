/// Filtered connections, first in, first out.
struct FilteredLine {
    private var connections: ContiguousArray<FilteredConnection> = []
    private var head = 0

    @inline(__always)
    var isEmpty: Bool { head == connections.count }
    var count: Int { connections.count - head }
    var first: FilteredConnection? { isEmpty ? nil : connections[head] }

    mutating func append(_ connection: FilteredConnection) { connections.append(connection) }

    mutating func removeFirst() {
        head += 1
        if isEmpty {
            connections.removeAll(keepingCapacity: head <= 1024)
            head = 0
        } else if head >= 1024, head * 2 >= connections.count {
            connections.removeFirst(head)
            head = 0
        }
    }
}
