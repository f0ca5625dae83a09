/// Reads what a `*_file` key names.
enum SecretFile {
    /// The file's text without its last line end. At most 64 KiB, UTF-8, not empty: an empty file is a mistake of whoever mounts it.
    static func read(_ file: String, for entry: ConfigurationLayer.Entry) throws -> CheckedValue {
        let path = Paths.resolve(file, in: entry.folder)
        func refusal(_ found: String) -> ConfigurationError {
            ConfigurationError(entry.origin, key: entry.path, "expected a readable file with the secret, found \(path): \(found)")
        }
        let bytes = try FileText.read(path, limit: 1 << 16, refusal)
        guard var text = String(validating: bytes, as: UTF8.self) else { throw refusal("bytes that are not UTF-8") }
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        guard !text.isEmpty else { throw refusal("nothing in it") }
        let key = entry.key
        guard case .string(let format) = key.kind, format.accepts(text), !text.utf8.contains(0) else {
            throw ConfigurationError(entry.origin, key: entry.path, "expected \(key.expectation) in \(path), found another string")
        }
        return .string(text)
    }
}
