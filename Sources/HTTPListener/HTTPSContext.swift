import NIOSSL
import Synchronization
import TLS

/// A door's certificate for HTTP, made anew when it was replaced. Any thread.
final class HTTPSContext: Sendable {
    let door: TLSDoor

    private struct Made {
        let generation: Int
        let context: NIOSSLContext
    }
    private let made = Mutex<Made?>(nil)

    /// - Throws: `ListenError` when the TLS of HTTP does not take the certificate.
    init(_ door: TLSDoor, name: String) throws(ListenError) {
        self.door = door
        do { _ = try current() } catch { throw ListenError("\(name) listener: its certificate is not taken: \(error)") }
    }

    func current() throws -> NIOSSLContext {
        let (material, generation) = door.material
        return try made.withLock { made in
            if let made, made.generation == generation { return made.context }
            // One that is not taken leaves the one before in force.
            do {
                let context = try NIOSSLContext(configuration: Self.configuration(door, material))
                made = Made(generation: generation, context: context)
                return context
            } catch {
                guard let before = made else { throw error }
                made = Made(generation: generation, context: before.context)
                return before.context
            }
        }
    }

    private static func configuration(_ door: TLSDoor, _ material: TLSMaterial) throws -> TLSConfiguration {
        guard let own = material.certificate else { throw NIOSSLError.failedToLoadCertificate }
        let chain = try NIOSSLCertificate.fromPEMBytes(own.chain)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(try NIOSSLPrivateKey(bytes: own.key, format: .pem)))
        configuration.minimumTLSVersion = door.onlyTLS13 ? .tlsv13 : .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.applicationProtocols = ["http/1.1"]
        if case .server(asksClients: true) = door.role {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(material.authorities ?? []))
        }
        return configuration
    }
}
