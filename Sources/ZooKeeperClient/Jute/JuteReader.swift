/// Reads ZooKeeper's serialization from bytes that stay the caller's.
struct JuteReader {
    private var next: UnsafeRawPointer?
    private(set) var remaining: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        next = bytes.baseAddress
        remaining = bytes.count
    }

    @inline(__always)
    private mutating func take(_ count: Int) throws(JuteError) -> UnsafeRawPointer {
        guard count <= remaining, let place = next else { throw JuteError.truncated }
        next = place + count
        remaining -= count
        return place
    }

    @inline(__always)
    mutating func int() throws(JuteError) -> Int32 {
        Int32(bigEndian: try take(4).loadUnaligned(as: Int32.self))
    }

    @inline(__always)
    mutating func long() throws(JuteError) -> Int64 {
        Int64(bigEndian: try take(8).loadUnaligned(as: Int64.self))
    }

    mutating func bool() throws(JuteError) -> Bool { try take(1).load(as: UInt8.self) != 0 }

    /// A length of bytes or entries that each take at least `least` bytes; -1 stands for nothing.
    private mutating func count(least: Int) throws(JuteError) -> Int {
        let count = Int(try int())
        if count == -1 { return 0 }
        guard count >= 0, count <= remaining / least else { throw JuteError.badLength(count) }
        return count
    }

    mutating func buffer() throws(JuteError) -> [UInt8] {
        let count = try count(least: 1)
        if count == 0 { return [] }
        return Array(UnsafeRawBufferPointer(start: try take(count), count: count))
    }

    mutating func string() throws(JuteError) -> String {
        let count = try count(least: 1)
        if count == 0 { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: try take(count), count: count), as: UTF8.self)
    }

    mutating func strings() throws(JuteError) -> [String] {
        let count = try count(least: 4)
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(try string()) }
        return texts
    }

    mutating func acl() throws(JuteError) -> [ACL] {
        let count = try count(least: 12)
        var list: [ACL] = []
        list.reserveCapacity(count)
        for _ in 0..<count {
            let permissions = ACL.Permissions(rawValue: try int())
            let scheme = try string()
            list.append(ACL(permissions, scheme: scheme, id: try string()))
        }
        return list
    }

    mutating func stat() throws(JuteError) -> NodeStat {
        var stat = NodeStat()
        stat.czxid = try long()
        stat.mzxid = try long()
        stat.ctime = try long()
        stat.mtime = try long()
        stat.version = try int()
        stat.cversion = try int()
        stat.aversion = try int()
        stat.ephemeralOwner = try long()
        stat.dataLength = try int()
        stat.numChildren = try int()
        stat.pzxid = try long()
        return stat
    }
}
