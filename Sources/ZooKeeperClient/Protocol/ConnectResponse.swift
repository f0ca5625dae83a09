/// A server's answer to `ConnectRequest`.
struct ConnectResponse: Equatable {
    /// 0: the session asked for has expired.
    var timeoutMilliseconds: Int32
    var sessionID: Int64
    var password: [UInt8]
    var isReadOnly: Bool
}

extension ConnectResponse {
    init(_ reader: inout JuteReader) throws(JuteError) {
        _ = try reader.int()
        timeoutMilliseconds = try reader.int()
        sessionID = try reader.long()
        password = try reader.buffer()
        // Servers before 3.4 say nothing about it.
        isReadOnly = reader.remaining > 0 ? try reader.bool() : false
    }
}
