import Reactor

extension ZooKeeperClient {
    /// Takes the frames off the front.
    func received(_ bytes: UnsafeRawBufferPointer, _ link: ServerLink) -> Int {
        var offset = 0
        while bytes.count - offset >= 4 {
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
            guard length >= 0, length <= configuration.maxResponseBytes else {
                broken("an answer of \(length) bytes, at most \(configuration.maxResponseBytes) are taken")
                return bytes.count
            }
            guard bytes.count - offset - 4 >= length else {
                link.connection.expect(length + 4)
                break
            }
            take(UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + length)]))
            offset += 4 + length
            if self.link !== link { return bytes.count }
        }
        return offset
    }

    @inline(__always)
    private func take(_ frame: UnsafeRawBufferPointer) {
        var reader = JuteReader(frame)
        do throws(JuteError) {
            if machine.phase == .connected {
                try reply(&reader)
            } else if case .handshaking = machine.phase {
                handshake(try ConnectResponse(&reader))
            } else {
                try reply(&reader)
            }
        } catch {
            broken(error.description)
        }
    }

    private func broken(_ words: String) {
        drop(.protocolError(words))
        pump()
    }

    private func reply(_ reader: inout JuteReader) throws(JuteError) {
        let header = try ReplyHeader(&reader)
        switch machine.reply(header, now: now) {
        case .answer(let pending):
            requestTimes.add(nanoseconds: loop.now &- pending.since)
            try complete(pending, header, &reader)
        case .notification: notify(try Notification(&reader))
        case .pong, .watchesSet, .late: break
        case .credential(let error): credentialAnswered(error)
        case .sessionClosed:
            drop(.closedByServer)
            pump()
        case .outOfOrder: broken("an answer to \(header.xid), which was not asked next")
        }
    }

    @inline(__always)
    private func complete(_ pending: PendingRequest, _ header: ReplyHeader, _ reader: inout JuteReader) throws(JuteError) {
        if header.error != 0 {
            if pending.watch != nil, header.error == -101 { registerWatch(pending, found: false) }
            return fail(pending, ZooKeeperError.Code(server: header.error))
        }
        if pending.watch != nil { registerWatch(pending, found: true) }
        do throws(JuteError) {
            try pending.completion.succeed(&reader, pending.request, chroot: pending.isAbsolute ? Chroot(path: "") : chroot)
        } catch {
            // It is not in the machine any more, so it is told here.
            fail(pending, .protocolError)
            throw error
        }
    }

    func fail(_ pending: PendingRequest, _ code: ZooKeeperError.Code) {
        pending.completion.fail(ZooKeeperError(code, path: pending.request.path))
    }

    // MARK: - Watches

    /// The server keeps a watch when it answers the request that came with it.
    private func registerWatch(_ pending: PendingRequest, found: Bool) {
        guard let handler = pending.watch, let path = pending.request.path else { return }
        let full = pending.isAbsolute ? path : chroot.full(path)
        switch pending.request {
        case .getData where found: watches.addData(full, handler)
        case .exists: if found { watches.addData(full, handler) } else { watches.addExists(full, handler) }
        case .getChildren where found: watches.addChildren(full, handler)
        case .addWatch(_, let mode) where found: watches.add(full, mode, handler)
        default: break
        }
    }

    private func notify(_ notification: Notification) {
        let kind: WatchEvent.Kind
        switch notification.type {
        case 1: kind = .created
        case 2: kind = .deleted
        case 3: kind = .dataChanged
        case 4: kind = .childrenChanged
        default: return
        }
        let event = WatchEvent(kind, path: chroot.strip(notification.path))
        for handler in watches.fired(kind, notification.path) { handler(event) }
    }
}
