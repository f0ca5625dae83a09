import ArgumentParser
import Foundation
import Node
import Storage

/// `hpush history`
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The last messages of a conversation: number, time (UTC), sender and text, with tabs between.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "How many messages at most.") var last: Int = 100
    @Argument(help: "A user.") var user: String
    @Argument(help: "The other user, or group:NAME.") var peer: String

    func validate() throws {
        guard last >= 1 else { throw ValidationError("--last is a number from 1") }
    }

    func run() async throws {
        let store = try options.openMessages()
        let conversation = Conversation(of: user, with: peer)
        let end = try store.lastSequence(of: conversation)
        var sequence = end > UInt64(last) ? end - UInt64(last) : 0
        while true {
            let page = try store.history(conversation, after: sequence, limit: 500, bytes: 4 << 20)
            for stored in page.messages {
                let message = StoredFrame.message(stored)
                let time = Date(timeIntervalSince1970: Double(stored.time) / 1000).formatted(.iso8601)
                print("\(stored.sequence)\t\(time)\t\(DisplayedText.line(message.from))\t\(DisplayedText.line(message.content))")
            }
            guard page.more, let last = page.messages.last else { return }
            sequence = last.sequence
        }
    }
}
