import Foundation
import HTTPListener

/// `DATA_DIR/admin-address`: where a running node's admin listener is, for commands whose configuration says port 0.
struct AddressFile {
    private let path: String

    init(dataDirectory: String) { path = dataDirectory + "/admin-address" }

    func write(_ address: ListenAddress) throws {
        do { try Data("\(address.url)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw CommandError("\(path): cannot be written: \(error.localizedDescription)")
        }
    }

    /// The URL; nil where no node runs or none did since.
    func read() -> String? {
        guard let data = FileManager.default.contents(atPath: path), data.count < 512 else { return nil }
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
