import NIOCore
import NIOSSL

/// TLS of a ``ChatClient``: whose certificates it takes.
public struct ChatSecurity: Sendable {
    /// Why files cannot be used, in one line.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// For other clients, such as one of HTTP.
    public let configuration: TLSConfiguration
    private let context: NIOSSLContext

    /// - Parameters:
    ///   - authorities: a file (PEM) with authorities whose certificates are taken besides those that the system trusts; nil: none.
    ///   - isInsecure: any certificate is taken: nobody who listens is kept out.
    public init(authorities: String? = nil, isInsecure: Bool = false) throws(Failure) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        do {
            if let authorities {
                configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(authorities))]
            }
        } catch {
            throw Failure(description: "\(authorities ?? ""): expected a readable file with certificates (PEM)")
        }
        if isInsecure { configuration.certificateVerification = .none }
        self.configuration = configuration
        do { context = try NIOSSLContext(configuration: configuration) } catch {
            throw Failure(description: "TLS cannot be used: \(error)")
        }
    }

    /// The certificate must be of this host.
    func handler(host: String) throws -> NIOSSLClientHandler {
        // An address is compared with the one that is connected to.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }
}
