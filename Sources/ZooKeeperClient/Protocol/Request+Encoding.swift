extension Request {
    /// Bytes of the body, without the header.
    func encodedSize(chroot: String) -> Int {
        switch self {
        case .create(let path, let data, let acl, let mode): Self.createSize(path, data, acl, mode, chroot)
        case .exists(let path, _), .getData(let path, _), .getChildren(let path, _): JuteSize.path(path, below: chroot) + 1
        case .delete(let path, _), .addWatch(let path, _), .removeWatches(let path, _): JuteSize.path(path, below: chroot) + 4
        case .setData(let path, let data, _): JuteSize.path(path, below: chroot) + 4 + data.count + 4
        case .sync(let path), .getACL(let path), .getEphemerals(let path): JuteSize.path(path, below: chroot)
        case .setACL(let path, let acl, _): JuteSize.path(path, below: chroot) + JuteSize.acl(acl) + 4
        case .multi(let operations): operations.reduce(9) { $0 + 9 + Self.size($1, chroot) }
        case .closeSession: 0
        }
    }

    func encode(_ writer: inout JuteWriter, chroot: String) {
        switch self {
        case .create(let path, let data, let acl, let mode):
            Self.encodeCreate(&writer, path, data, acl, mode, chroot)
        case .exists(let path, let watch), .getData(let path, let watch), .getChildren(let path, let watch):
            writer.path(path, below: chroot)
            writer.bool(watch)
        case .delete(let path, let version):
            writer.path(path, below: chroot)
            writer.int(version)
        case .addWatch(let path, let mode):
            writer.path(path, below: chroot)
            writer.int(mode.rawValue)
        case .removeWatches(let path, let kind):
            writer.path(path, below: chroot)
            writer.int(kind.rawValue)
        case .setData(let path, let data, let version):
            writer.path(path, below: chroot)
            writer.buffer(data)
            writer.int(version)
        case .sync(let path), .getACL(let path), .getEphemerals(let path):
            writer.path(path, below: chroot)
        case .setACL(let path, let acl, let version):
            writer.path(path, below: chroot)
            writer.acl(acl)
            writer.int(version)
        case .multi(let operations):
            for operation in operations { Self.encode(operation, &writer, chroot) }
            Self.multiHeader(&writer, OperationCode.error, done: true)
        case .closeSession: break
        }
    }

    private static func createSize(_ path: String, _ data: [UInt8], _ acl: [ACL], _ mode: CreateMode, _ chroot: String) -> Int {
        JuteSize.path(path, below: chroot) + 4 + data.count + JuteSize.acl(acl) + 4 + (mode.ttl == nil ? 0 : 8)
    }

    private static func encodeCreate(
        _ writer: inout JuteWriter, _ path: String, _ data: [UInt8], _ acl: [ACL], _ mode: CreateMode, _ chroot: String
    ) {
        writer.path(path, below: chroot)
        writer.buffer(data)
        writer.acl(acl)
        writer.int(mode.flags)
        if let ttl = mode.ttl { writer.long(ttl) }
    }

    // MARK: - Multi

    private static func multiHeader(_ writer: inout JuteWriter, _ operation: Int32, done: Bool) {
        writer.int(operation)
        writer.bool(done)
        writer.int(-1)
    }

    private static func size(_ operation: Operation, _ chroot: String) -> Int {
        switch operation {
        case .create(let path, let data, let mode, let acl): createSize(path, data, acl, mode, chroot)
        case .delete(let path, _), .check(let path, _): JuteSize.path(path, below: chroot) + 4
        case .setData(let path, let data, _): JuteSize.path(path, below: chroot) + 4 + data.count + 4
        }
    }

    private static func encode(_ operation: Operation, _ writer: inout JuteWriter, _ chroot: String) {
        switch operation {
        case .create(let path, let data, let mode, let acl):
            multiHeader(&writer, createOperation(mode), done: false)
            encodeCreate(&writer, path, data, acl, mode, chroot)
        case .delete(let path, let version):
            multiHeader(&writer, OperationCode.delete, done: false)
            writer.path(path, below: chroot)
            writer.int(version)
        case .check(let path, let version):
            multiHeader(&writer, OperationCode.check, done: false)
            writer.path(path, below: chroot)
            writer.int(version)
        case .setData(let path, let data, let version):
            multiHeader(&writer, OperationCode.setData, done: false)
            writer.path(path, below: chroot)
            writer.buffer(data)
            writer.int(version)
        }
    }
}
