import NIOCore
import NIOPosix
import NIOSSL

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
        case NIOSSLError.handshakeFailed(let reason): return describe(tls: "\(reason)")
        case let error where error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError:
            return describe(tls: "\(error)")
        case let error as ChatClientError: return error.description
        default: return "\(error)"
        }
    }

    /// The library's errors are lists of codes.
    private static func describe(tls text: String) -> String {
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "the certificate is not trusted" }
        if text.contains("WRONG_VERSION_NUMBER") { return "the other side does not speak TLS" }
        if text.contains("failedToValidateHostname") || text.contains("unableToValidateCertificate") {
            return "the certificate is of another host"
        }
        return "TLS failed: \(text)"
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
