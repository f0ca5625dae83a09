/// What every answer begins with.
struct ReplyHeader: Equatable {
    var xid: Int32
    var zxid: Int64
    var error: Int32
}

extension ReplyHeader {
    @inline(__always)
    init(_ reader: inout JuteReader) throws(JuteError) {
        xid = try reader.int()
        zxid = try reader.long()
        error = try reader.int()
    }
}
