import ChatClient

/// `/history`.
extension ChatConsole {
    /// Lines shown at most: the last ones.
    private static let shownLines = 50

    func showHistory(with user: String) async {
        var messages: [ChatMessage] = []
        var after: UInt64 = 0
        do {
            // The node gives the oldest first, in pages. The number of pages is bounded, whatever the node says.
            for _ in 0..<1000 {
                let page = try await client.history(of: user, after: after)
                messages = (messages + page.messages).suffix(Self.shownLines)
                guard page.hasMore, page.lastSequence > after else { break }
                after = page.lastSequence
            }
        } catch {
            return problem("no history with \(user): \(error)")
        }
        if messages.isEmpty {
            show(ConsoleLine(.status, text: "nothing is stored of a conversation with \(user)"))
        }
        for message in messages { show(.history(message)) }
    }
}
