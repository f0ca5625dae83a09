#if MySQL
    import Crypto
    import Foundation
    import Storage

    /// Names as they stand in columns: their bytes, or, where a column has no room for them, their beginning and a digest.
    enum ColumnName {
        private static let mostUser = 255
        private static let mostMailbox = 300
        private static let mostPair = 600

        static func user(_ name: String) -> [UInt8] { fit(Array(name.utf8), mostUser) }
        static func device(_ name: String) -> [UInt8] { fit(Array(name.utf8), mostUser) }
        static func mailbox(ofUser user: String) -> [UInt8] { fit(Array(MessageDraft.mailbox(ofUser: user).utf8), mostMailbox) }
        static func mailbox(ofGroup name: String) -> [UInt8] { fit(Array(MessageDraft.mailbox(ofGroup: name).utf8), mostMailbox) }
        static func mailbox(of draft: MessageDraft) -> [UInt8] { fit(Array(draft.mailbox.utf8), mostMailbox) }
        /// The user whose mailbox has that name; nobody's, where the mailbox's own name did not fit.
        static func user(ofMailbox name: [UInt8]) -> [UInt8] { fit(Array(name.dropFirst(2)), mostUser) }
        /// The group, likewise.
        static func group(ofMailbox name: [UInt8]) -> [UInt8]? { name.first == UInt8(ascii: "g") ? Array(name.dropFirst(2)) : nil }
        static func conversation(_ conversation: Conversation) -> [UInt8] { fit(Array(conversation.key.utf8), mostPair) }

        /// User and device in one; the length says where the first one ends.
        static func pair(_ user: String, _ device: String) -> [UInt8] { pair(Array(user.utf8), Array(device.utf8)) }

        /// The same of names as they stand in columns of their own, where they have room there.
        static func pair(_ user: [UInt8], _ device: [UInt8]) -> [UInt8] { fit(Array("\(user.count):".utf8) + user + device, mostPair) }

        /// What a sender calls a message.
        static func sent(_ draft: MessageDraft) -> [UInt8] {
            var digest = SHA256()
            for part in [draft.sender, draft.device, draft.mailbox] {
                withUnsafeBytes(of: UInt64(part.utf8.count).bigEndian) { digest.update(bufferPointer: $0) }
                digest.update(data: Array(part.utf8))
            }
            withUnsafeBytes(of: draft.messageID.bigEndian) { digest.update(bufferPointer: $0) }
            return Array(digest.finalize().prefix(16))
        }

        private static func fit(_ bytes: [UInt8], _ most: Int) -> [UInt8] {
            guard bytes.count > most else { return bytes }
            let digest = SHA256.hash(data: bytes).flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }
            return bytes.prefix(most - digest.count) + digest
        }

        private static let digits = Array("0123456789abcdef".utf8)
    }
#endif
