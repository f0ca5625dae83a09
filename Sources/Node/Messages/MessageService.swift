import HPushConfiguration
import Logging
import Storage
import Synchronization

/// The message store as loops reach it: one thread that writes, a few that read. Any thread.
final class MessageService: Sendable {
    let store: any MessageStore
    let writer: MessageWriter
    /// Apart from the pool of password hashes: a flood of logins must not keep anybody's messages.
    let readers: BlockingPool
    let groups: GroupDirectory
    private let used = Atomic(false)

    /// - Throws: `MessageStoreError`, `DataDirectoryError`.
    init(_ configuration: NodeConfiguration, logger: Logger) throws {
        store = try ConfiguredStores.messages(configuration)
        writer = MessageWriter(store: store) { reason in
            if let reason {
                logger.error("messages cannot be stored, senders are told to try again: \(reason)")
            } else {
                logger.notice("messages can be stored again")
            }
        }
        // A server's answer is waited for; a file's is computed.
        readers = BlockingPool(threads: configuration.store.driver == .mysql ? 8 : 2, capacity: 4096)
        groups = GroupDirectory(store)
    }

    /// Whether messages are stored, so that sessions that open are fed from the store.
    var isUsed: Bool { used.load(ordering: .relaxed) }

    func use() { used.store(true, ordering: .relaxed) }

    func shutDown() {
        writer.shutDown()
        readers.shutDown()
    }
}
