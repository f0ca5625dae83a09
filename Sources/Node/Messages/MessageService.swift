import Foundation
import HPushConfiguration
import Logging
import Messaging
import Storage
import Synchronization

/// The message store as loops reach it: one thread that writes, a few that read. Any thread.
final class MessageService: Sendable {
    let store: any MessageStore
    let writer: MessageWriter
    /// Apart from the pool of password hashes: a flood of logins must not keep anybody's messages.
    let readers: BlockingPool
    let groups: GroupDirectory
    /// For writes that nobody waits for.
    let queue: any WriteQueue
    let unwritten = UnwrittenAcknowledgements()
    private let upkeep: Upkeep
    private let used = Atomic(false)

    /// - Throws: `MessageStoreError`, `DataDirectoryError`, `RedisError`.
    init(_ configuration: NodeConfiguration, logger: Logger) throws {
        store = try ConfiguredStores.messages(configuration)
        let refusals = StoreRefusals(logger)
        writer = MessageWriter(
            store: store,
            failed: { reason in
                if let reason {
                    logger.error("messages cannot be stored, senders are told to try again: \(reason)")
                } else {
                    logger.notice("messages can be stored again")
                }
            },
            refused: { refusals.tell($0) })
        // A server's answer is waited for; a file's is computed.
        readers = BlockingPool(threads: configuration.store.driver == .mysql ? 8 : 2, capacity: 4096)
        groups = GroupDirectory(store)
        let retention = configuration.store.retention
        upkeep = Upkeep(
            store: store, writer: writer,
            limits: RetentionLimits(
                days: retention.days, messagesPerConversation: retention.messagesPerConversation, deviceDays: retention.deviceDays),
            interval: TimeInterval(retention.intervalSeconds))
        let sink = QueueSink(writer: writer, upkeep: upkeep)
        guard configuration.queue.driver == .redis else {
            queue = StraightQueue(sink: sink)
            return
        }
        // Who shares a store shares the work; others' writes are of no use to this one.
        let isShared = configuration.store.driver == .mysql
        let key = try "hpush:writes" + (isShared ? "" : ":" + OwnerID.loadOrMake(dataDirectory: configuration.node.dataDirectory))
        queue = try RedisWriteQueue(
            url: configuration.cluster.redisURL.reveal(), key: key, isShared: isShared, name: configuration.node.name, sink: sink,
            logger: logger)
    }

    /// Whether messages are stored, so that sessions that open are fed from the store.
    var isUsed: Bool { used.load(ordering: .relaxed) }

    func use() { used.store(true, ordering: .relaxed) }

    /// A device logs in or out; the store knows it within seconds.
    func saw(_ session: Session) {
        guard isUsed else { return }
        let now = UInt64(Date().timeIntervalSince1970 * 1000)
        queue.put(.seen(DeviceSighting(user: session.uid, device: session.device, time: now))) { _ in }
    }

    func shutDown() {
        queue.shutDown()
        upkeep.shutDown()
        writer.shutDown()
        readers.shutDown()
    }
}
