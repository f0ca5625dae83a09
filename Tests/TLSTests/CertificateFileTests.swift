import Foundation
import TLS
import Testing

@Suite struct CertificateFileTests {
    private let certificates: Certificates

    init() throws { certificates = try Certificates() }

    private func refusal(_ files: (Certificates) -> TLSFiles) throws -> String {
        let error = #expect(throws: TLSError.self) {
            try TLSDoor("chat", .server(asksClients: false), TLSMaterial.load(files(certificates)))
        }
        let text = error?.description ?? ""
        #expect(!text.contains("\n"))
        return text.replacingOccurrences(of: certificates.folder, with: "DIR")
    }

    @Test func missing() throws {
        #expect(
            try refusal { $0.files(certificate: "nothing.pem") }
                == "tls.certificate: expected a readable file with a certificate (PEM), found DIR/nothing.pem: No such file or directory")
        #expect(
            try refusal { $0.files(key: "nothing.key") }
                == "tls.key: expected a readable file with a private key (PEM), found DIR/nothing.key: No such file or directory")
        #expect(try refusal { $0.files(authorities: "nothing.pem") }.hasPrefix("tls.ca: expected a readable file with certificates (PEM)"))
    }

    @Test func notPEM() throws {
        #expect(
            try refusal { $0.files(certificate: "index.txt.attr") }
                == "tls.certificate: expected a certificate (PEM), found DIR/index.txt.attr without one")
        #expect(
            try refusal { $0.files(key: "ca.pem") }
                == "tls.key: expected the private key of DIR/server.pem (PEM), found DIR/ca.pem without one")
        #expect(try refusal { $0.files(certificate: "server.key") }.hasSuffix("found DIR/server.key without one"))
    }

    @Test func damaged() throws {
        let text = try String(contentsOfFile: certificates.path("server.pem"), encoding: .utf8)
        try text.replacingOccurrences(of: "M", with: "N").write(toFile: certificates.path("damaged.pem"), atomically: true, encoding: .utf8)
        #expect(
            try refusal { $0.files(certificate: "damaged.pem") }
                == "tls.certificate: expected a certificate (PEM), found DIR/damaged.pem that is damaged")
    }

    @Test func aKeyOfAnother() throws {
        #expect(
            try refusal { $0.files(key: "renewed.key") }
                == "tls.key: expected the private key of DIR/server.pem (PEM), found DIR/renewed.key that belongs to another certificate")
    }

    @Test func encrypted() throws {
        #expect(
            try refusal { $0.files(key: "encrypted.key") }.contains("found DIR/encrypted.key that is encrypted, which is not supported"))
    }

    @Test func outsideItsTime() throws {
        #expect(
            try refusal { $0.files(certificate: "expired.pem") }
                == "tls.certificate: expected a certificate that is valid, found DIR/expired.pem, expired at 2021-01-01 00:00:00 UTC")
        #expect(
            try refusal { $0.files(certificate: "future.pem") }
                == "tls.certificate: expected a certificate that is valid, found DIR/future.pem, valid from 2090-01-01 00:00:00 UTC on")
    }

    @Test func tooShortAKey() throws {
        #expect(
            try refusal { $0.files("short") }.hasPrefix(
                "tls.certificate: expected a certificate (PEM), found DIR/short.pem that OpenSSL refuses"))
    }
}
