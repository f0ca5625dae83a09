import HPushConfiguration
import NIOSSL

/// The TLS by which commands reach the node of their configuration. On loopback its certificate is taken whatever its name: nobody stands
/// between.
enum AdminTrust {
    /// - Parameters:
    ///   - host: where the admin listener is.
    ///   - authorities: a file (PEM) with more authorities.
    /// - Throws: `CommandError` that names a file.
    static func configuration(_ section: TLSSection, host: String, authorities: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // Wildcards are reached by loopback.
        let isHere = HostAddress.isLoopback(host) || HostAddress.isWildcard(host)
        configuration.certificateVerification = isHere ? .noHostnameVerification : .fullVerification
        let own = try certificates(section.certificate)
        var roots = own
        if !section.clientAuthorities.isEmpty { roots += try certificates(section.clientAuthorities) }
        if let authorities { roots += try certificates(authorities) }
        configuration.additionalTrustRoots = [.certificates(roots)]
        if section.mutual.contains(.admin) {
            configuration.certificateChain = own.map { .certificate($0) }
            do { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: section.key, format: .pem)) } catch {
                throw CommandError("tls.key: expected a readable file with a private key (PEM), found \(section.key)")
            }
        }
        return configuration
    }

    private static func certificates(_ path: String) throws -> [NIOSSLCertificate] {
        do { return try NIOSSLCertificate.fromPEMFile(path) } catch {
            throw CommandError("\(path): expected a readable file with certificates (PEM)")
        }
    }
}
