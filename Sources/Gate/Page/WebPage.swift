import HTTPListener

/// The web chat page's files, and what the page has to know of the node.
public struct WebPage: Sendable {
    let files: PageFiles
    /// The path of the node's WebSocket.
    let webSocketPath: String
    /// Whether logins need a password at present.
    let needsPasswords: @Sendable () -> Bool

    /// - Returns: nil where the folder has no `index.html`.
    public init?(folder: String, webSocketPath: String, needsPasswords: @escaping @Sendable () -> Bool) {
        guard let files = PageFiles(folder: folder) else { return nil }
        self.files = files
        self.webSocketPath = webSocketPath
        self.needsPasswords = needsPasswords
    }
}
