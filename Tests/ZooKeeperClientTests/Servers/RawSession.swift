import TestSupport

@testable import ZooKeeperClient

/// A second connection with a session's id and password, to take it away.
enum RawSession {
    /// Ends the session on the server, so that its owner finds it expired.
    static func end(_ sessionID: Int64, _ password: [UInt8], port: Int) throws {
        let socket = try BlockingSocket(port: port)
        let request = ConnectRequest(lastZxid: 0, timeoutMilliseconds: 10_000, sessionID: sessionID, password: password)
        try socket.send(frame(request.encodedSize) { request.encode(&$0) })
        let length = try socket.receive(4).reduce(0) { $0 << 8 | Int($1) }
        _ = try socket.receive(length)
        try socket.send(
            frame(8) {
                $0.int(1)
                $0.int(OperationCode.closeSession)
            })
        _ = try socket.receive(20)
    }

    private static func frame(_ size: Int, _ body: (inout JuteWriter) -> Void) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size + 4)
        bytes.withUnsafeMutableBytes { room in
            guard let base = room.baseAddress else { return }
            var writer = JuteWriter(base, count: size + 4)
            writer.int(Int32(size))
            body(&writer)
        }
        return bytes
    }
}
