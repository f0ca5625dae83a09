/// The first frame of a connection.
struct ConnectRequest: Equatable {
    var lastZxid: Int64
    var timeoutMilliseconds: Int32
    /// 0 asks for a new session.
    var sessionID: Int64
    var password: [UInt8]

    var encodedSize: Int { 4 + 8 + 4 + 8 + 4 + password.count + 1 }

    func encode(_ writer: inout JuteWriter) {
        writer.int(0)
        writer.long(lastZxid)
        writer.int(timeoutMilliseconds)
        writer.long(sessionID)
        writer.buffer(password)
        // Servers that have lost their ensemble are not wanted.
        writer.bool(false)
    }
}
