// What the kernel took of connections whose delegates want to know. Noted while output is sent, told when that is over.
extension EventLoop {
    struct NotedFlush {
        /// Not retained: connections are freed after all is told.
        let connection: Unmanaged<Connection>
        var bytes: Int
    }

    func noteFlush(_ connection: Connection, _ bytes: Int) {
        if connection.flags.contains(.flushNoted), let place = notedPlace(of: connection) {
            flushes[place].bytes += bytes
            return
        }
        connection.flags.insert(.flushNoted)
        flushes.append(NotedFlush(connection: .passUnretained(connection), bytes: bytes))
    }

    /// Bytes noted and not told yet.
    func noted(_ connection: Connection) -> Int { notedPlace(of: connection).map { flushes[$0].bytes } ?? 0 }

    /// Few are noted before a tick's end: those with large output.
    private func notedPlace(of connection: Connection) -> Int? {
        let own = Unmanaged.passUnretained(connection).toOpaque()
        return flushes.lastIndex { $0.connection.toOpaque() == own }
    }

    /// - Returns: false when there was nothing to tell.
    func tellFlushes() -> Bool {
        if flushes.isEmpty { return false }
        var batch = ContiguousArray<NotedFlush>()
        swap(&batch, &flushes)
        for flush in batch {
            flush.connection._withUnsafeGuaranteedRef { connection in
                connection.flags.remove(.flushNoted)
                connection.delegate?.flushed(connection, flush.bytes)
            }
        }
        if flushes.isEmpty {
            batch.removeAll(keepingCapacity: batch.count <= 4096)
            swap(&batch, &flushes)
        }
        return true
    }
}
