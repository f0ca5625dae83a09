/// Writes ZooKeeper's serialization (jute): big-endian numbers, buffers and strings behind their length.
///
/// The room is the caller's, made to the size that `Request.encodedSize` and its like say; what would not fit is left out and `isComplete`
/// tells, so that a size that was counted wrong can never become a write behind the room.
struct JuteWriter {
    private var next: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer
    private var overflowed = false

    init(_ room: UnsafeMutableRawPointer, count: Int) {
        next = room
        end = room + count
    }

    /// Whether the room is filled exactly.
    var isComplete: Bool { !overflowed && next == end }

    @inline(__always)
    private mutating func take(_ count: Int) -> UnsafeMutableRawPointer? {
        guard !overflowed, end - next >= count else {
            overflowed = true
            return nil
        }
        defer { next += count }
        return next
    }

    @inline(__always)
    mutating func int(_ value: Int32) {
        take(4)?.storeBytes(of: value.bigEndian, as: Int32.self)
    }

    @inline(__always)
    mutating func long(_ value: Int64) {
        take(8)?.storeBytes(of: value.bigEndian, as: Int64.self)
    }

    @inline(__always)
    mutating func bool(_ value: Bool) {
        take(1)?.storeBytes(of: value ? 1 : 0, as: UInt8.self)
    }

    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty, let place = take(bytes.count) else { return }
        place.copyMemory(from: base, byteCount: bytes.count)
    }

    mutating func buffer(_ bytes: [UInt8]) {
        int(Int32(clamping: bytes.count))
        bytes.withUnsafeBytes { raw($0) }
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            int(Int32(clamping: bytes.count))
            raw(UnsafeRawBufferPointer(bytes))
        }
    }

    /// A path below a chroot (empty for none); `/` is then the chroot itself.
    mutating func path(_ path: String, below chroot: String) {
        if chroot.isEmpty { return string(path) }
        if path == "/" { return string(chroot) }
        var chroot = chroot
        var path = path
        int(Int32(clamping: chroot.utf8.count + path.utf8.count))
        chroot.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
        path.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    mutating func strings(_ texts: [String]) {
        int(Int32(clamping: texts.count))
        for text in texts { string(text) }
    }

    mutating func acl(_ list: [ACL]) {
        int(Int32(clamping: list.count))
        for entry in list {
            int(entry.permissions.rawValue)
            string(entry.scheme)
            string(entry.id)
        }
    }
}
