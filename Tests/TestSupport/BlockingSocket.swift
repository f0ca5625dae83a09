import Glibc

/// A client's end, with blocking calls that give up after 20 s.
public final class BlockingSocket: @unchecked Sendable {
    // @unchecked: one thread at a time.
    public private(set) var descriptor: Int32

    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    public convenience init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure(code: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw SocketFailure(code: code)
        }
        self.init(descriptor)
    }

    deinit { close() }

    public func send(_ bytes: some Collection<UInt8>) throws {
        var rest = ContiguousArray(bytes)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent <= 0 { throw SocketFailure(code: errno) }
            rest = rest.dropFirst(sent)
        }
    }

    /// Exactly `count` bytes, fewer at the stream's end.
    public func receive(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let part = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress.map { $0 + got }, count - got, 0) }
            if part < 0 { throw SocketFailure(code: errno) }
            if part == 0 { break }
            got += part
        }
        return Array(bytes[..<got])
    }

    public func endWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    public func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
