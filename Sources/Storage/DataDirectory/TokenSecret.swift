import Crypto
import Foundation

/// The key that signs login tokens where the configuration names none: made once, kept in `DIRECTORY/token_secret`, mode 0600.
public enum TokenSecret {
    /// Reads the secret, or makes one (256 random bits, 64 hex digits) at the first start. Two processes that start at once get the
    /// same one. Throws `DataDirectoryError`.
    public static func loadOrMake(dataDirectory: String) throws -> String {
        try DataDirectory.make(dataDirectory)
        let path = dataDirectory + "/token_secret"
        if let secret = try read(path) { return secret }
        let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        try publish(fresh, at: path)
        guard let secret = try read(path) else { throw DataDirectoryError(path: path, reason: "vanished while it was made") }
        return secret
    }

    private static func read(_ path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw DataDirectoryError(path: path, reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.utf8.count >= 32 else {
            throw DataDirectoryError(path: path, reason: "expected a secret of at least 32 characters; remove the file to have one made")
        }
        return text
    }

    /// Writes beside, then links: the name appears with its whole content or not at all, and never replaces another's.
    private static func publish(_ secret: String, at path: String) throws {
        let draft = path + ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataDirectoryError(path: path, reason: "cannot be made: \(String(cString: strerror(errno)))")
        }
        defer { unlink(draft) }
        let bytes = Array((secret + "\n").utf8)
        let written = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard written else { throw DataDirectoryError(path: path, reason: "cannot be written: \(String(cString: strerror(code)))") }
        guard link(draft, path) == 0 || errno == EEXIST else {
            throw DataDirectoryError(path: path, reason: "cannot be made: \(String(cString: strerror(errno)))")
        }
    }
}
