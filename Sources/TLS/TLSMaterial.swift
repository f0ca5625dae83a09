import CTLS
import Glibc

/// What was in the files: read once, so that all who use it have the same.
public struct TLSMaterial: Sendable, Hashable {
    /// PEM.
    public struct Certificate: Sendable, Hashable {
        public let chain: [UInt8]
        public let key: [UInt8]
        /// Seconds since 1970.
        public let notBefore: Int64
        public let notAfter: Int64
    }

    public let certificate: Certificate?
    /// PEM.
    public let authorities: [UInt8]?
    let files: TLSFiles

    /// Reads and checks the files; whether the key fits is seen when a context is made.
    /// - Parameter now: seconds since 1970.
    public static func load(_ files: TLSFiles, now: Int64 = Int64(time(nil))) throws(TLSError) -> TLSMaterial {
        var certificate: Certificate?
        if let path = files.certificate {
            let place = "\(files.section).certificate"
            let chain = try FileBytes.read(path, place, "a readable file with a certificate (PEM)")
            var (notBefore, notAfter): (Int64, Int64) = (0, 0)
            let problem = ctls_certificate_times(chain, chain.count, &notBefore, &notAfter)
            try refuse(problem, place, path, "a certificate")
            guard now >= notBefore else {
                throw TLSError("\(place): expected a certificate that is valid, found \(path), valid from \(UTCTime.text(notBefore)) on")
            }
            guard now <= notAfter else {
                throw TLSError("\(place): expected a certificate that is valid, found \(path), expired at \(UTCTime.text(notAfter))")
            }
            guard let keyPath = files.key else {
                throw TLSError("\(files.section).key: expected a file with the key of \(path), found none")
            }
            let key = try FileBytes.read(keyPath, "\(files.section).key", "a readable file with a private key (PEM)")
            certificate = Certificate(chain: chain, key: key, notBefore: notBefore, notAfter: notAfter)
        }
        var authorities: [UInt8]?
        if let path = files.authorities {
            let place = "\(files.section).\(files.authoritiesKey)"
            let bytes = try FileBytes.read(path, place, "a readable file with certificates (PEM)")
            var (notBefore, notAfter): (Int64, Int64) = (0, 0)
            try refuse(ctls_certificate_times(bytes, bytes.count, &notBefore, &notAfter), place, path, "certificates")
            authorities = bytes
        }
        return TLSMaterial(certificate: certificate, authorities: authorities, files: files)
    }

    static func refuse(_ problem: ctls_problem, _ place: String, _ path: String, _ expected: String, reason: String = "") throws(TLSError) {
        let found: String
        switch problem {
        case CTLS_FINE: return
        case CTLS_NOT_PEM: found = "without one"
        case CTLS_DAMAGED: found = "that is damaged"
        case CTLS_ENCRYPTED: found = "that is encrypted, which is not supported: openssl pkey -in FILE -out PLAIN"
        case CTLS_MISMATCH: found = "that belongs to another certificate"
        case CTLS_REFUSED: found = "that OpenSSL refuses: \(reason)"
        default: throw TLSError("\(place): no memory for \(path)")
        }
        throw TLSError("\(place): expected \(expected) (PEM), found \(path) \(found)")
    }
}
