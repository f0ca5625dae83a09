import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Socket and look-up errors in words for people.
public enum ConnectionFailure {
    /// Such as `connection refused`, without a full stop.
    public static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return lowercased(system: error.errnoCode)
        case let error as NIOConnectionError: return describe(error)
        case ChannelError.connectTimeout: return "no answer in time"
        case is SocketAddressError: return "no such host"
        case let error as ChatClientError: return error.description
        default: return "\(error)"
        }
    }

    private static func describe(_ error: NIOConnectionError) -> String {
        // With several addresses the last failure stands for all.
        if let last = error.connectionErrors.last { return describe(last.error) }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "no such host" }
        return "no connection"
    }

    private static func lowercased(system code: CInt) -> String {
        let text = String(cString: strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
