/// A watch that fired, as the server tells it.
struct Notification: Equatable {
    /// 1 created, 2 deleted, 3 data changed, 4 children changed, 5 to 7 removed.
    var type: Int32
    /// With the chroot.
    var path: String

    init(type: Int32, path: String) {
        self.type = type
        self.path = path
    }

    init(_ reader: inout JuteReader) throws(JuteError) {
        type = try reader.int()
        _ = try reader.int()
        path = try reader.string()
    }
}
