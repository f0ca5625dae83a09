import CTLS

/// A certificate and rules, ready for streams. Any thread.
public final class TLSContext: @unchecked Sendable {
    // @unchecked: OpenSSL counts and locks what streams of several threads share; nothing is changed after init.
    public enum Role: Sendable, Hashable {
        /// - Parameter asksClients: clients must have a certificate of the authorities.
        case server(asksClients: Bool)
        case client(Trust)
    }

    /// Whose certificates a client takes.
    public enum Trust: Sendable, Hashable {
        /// Those of the material's authorities.
        case authorities
        /// Those of the authorities that the system trusts.
        case system
    }

    let pointer: OpaquePointer
    let isServer: Bool

    /// - Throws: `TLSError` when the certificate and its key do not go together, or OpenSSL does not take them.
    init(_ material: TLSMaterial, _ role: Role, onlyTLS13: Bool) throws(TLSError) {
        isServer = if case .server = role { true } else { false }
        guard let pointer = ctls_context_new(isServer ? 1 : 0, onlyTLS13 ? 1 : 0) else { throw TLSError("no memory for TLS") }
        self.pointer = pointer
        let files = material.files
        if let own = material.certificate {
            try Self.use(own, files, pointer)
        } else if isServer {
            throw TLSError("\(files.section).certificate: expected a certificate, found none")
        }
        switch role {
        case .server(asksClients: false): break
        case .server(asksClients: true), .client(.authorities):
            let place = "\(files.section).\(files.authoritiesKey)"
            guard let authorities = material.authorities else {
                throw TLSError("\(place): expected a file with certificates (PEM), found none")
            }
            try TLSMaterial.refuse(
                ctls_context_trust(pointer, authorities, authorities.count), place, files.authorities ?? "", "certificates")
        case .client(.system):
            if ctls_context_trust_system(pointer) < 0 { throw TLSError("the system's certificate authorities cannot be read") }
        }
    }

    private static func use(_ own: TLSMaterial.Certificate, _ files: TLSFiles, _ pointer: OpaquePointer) throws(TLSError) {
        var text = ""
        let problem = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { room in
            room.initialize(repeating: 0)
            let problem = ctls_context_use(
                pointer, own.chain, own.chain.count, own.key, own.key.count, room.baseAddress, room.count)
            if let base = room.baseAddress { text = String(cString: base) }
            return problem
        }
        // OpenSSL refuses certificates (too short a key, a weak digest); all else is about the key.
        if problem == CTLS_REFUSED {
            try TLSMaterial.refuse(problem, "\(files.section).certificate", files.certificate ?? "", "a certificate", reason: text)
        }
        try TLSMaterial.refuse(problem, "\(files.section).key", files.key ?? "", "the private key of \(files.certificate ?? "")")
    }

    deinit { ctls_context_free(pointer) }
}
