import Foundation
import TLS

/// A folder with the certificates that `Tests/make-certificates` makes; gone with the object.
final class Certificates: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "hpush-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "make-certificates").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script, folder]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure() }
    }

    struct Failure: Error {}

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// - Parameter name: of certificate and key.
    func files(_ name: String = "server", certificate: String? = nil, key: String? = nil, authorities: String? = "ca.pem") -> TLSFiles {
        TLSFiles(
            section: "tls", certificate: path(certificate ?? "\(name).pem"), key: path(key ?? "\(name).key"),
            authorities: authorities.map(path))
    }

    func server(_ name: String = "server", asksClients: Bool = false, onlyTLS13: Bool = false, handshakeSeconds: Int = 10) throws -> TLSDoor
    {
        try TLSDoor(
            "chat", .server(asksClients: asksClients), TLSMaterial.load(files(name)), onlyTLS13: onlyTLS13,
            handshakeSeconds: handshakeSeconds)
    }

    /// - Parameter own: the client's certificate; nil: none.
    func client(own: String? = nil, authorities: String = "ca.pem") throws -> TLSDoor {
        let files = TLSFiles(
            section: "client", certificate: own.map { path("\($0).pem") }, key: own.map { path("\($0).key") },
            authorities: path(authorities))
        return try TLSDoor("client", .client(.authorities), TLSMaterial.load(files))
    }

    /// Puts other contents in a file's place, as renewals do.
    func replace(_ name: String, by other: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path(other)))
        try bytes.write(to: URL(fileURLWithPath: path(name)), options: .atomic)
    }
}
