import GRDB

/// The statements that stored messages and acknowledgements take, prepared when they are first needed. Of the writing connection.
final class SQLiteWriteStatements: Sendable {
    let findSent: PreparedStatement
    let insertMessage: PreparedStatement
    let insertSent: PreparedStatement
    let updateConversation: PreparedStatement
    let updateMailbox: PreparedStatement
    let updateDevice: PreparedStatement
    /// What lies in a mailbox: position, server_id, number, sender, device.
    let scan: PreparedStatement

    init(_ database: Database) throws {
        findSent = try PreparedStatement(
            database, "SELECT server_id, seq, stored_ms FROM sent WHERE sender = ? AND device = ? AND mailbox = ? AND msg_id = ?")
        insertMessage = try PreparedStatement(
            database,
            """
            INSERT INTO message (server_id, conversation, seq, mailbox, number, sender, device, stored_ms, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertSent = try PreparedStatement(
            database,
            "INSERT OR REPLACE INTO sent (sender, device, mailbox, msg_id, server_id, seq, stored_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")
        updateConversation = try PreparedStatement(database, "UPDATE conversation SET last_seq = ? WHERE id = ?")
        updateMailbox = try PreparedStatement(database, "UPDATE mailbox SET last = ?, taken = ? WHERE id = ?")
        updateDevice = try PreparedStatement(database, "UPDATE device SET position = ? WHERE user = ? AND device = ?")
        scan = try PreparedStatement(
            database,
            "SELECT position, server_id, number, sender, device FROM message WHERE mailbox = ? AND position > ? ORDER BY position LIMIT ?")
    }
}
