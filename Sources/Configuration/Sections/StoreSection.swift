/// Where accounts, contacts and messages live. Keys and defaults: docs/configuration.md.
public struct StoreSection: Sendable, Hashable {
    public enum Driver: String, Sendable {
        case sqlite, mysql, memory
    }

    public struct MySQL: Sendable, Hashable {
        public var host: String
        public var port: Int
        public var user: String
        public var password: Secret
        public var database: String
    }

    public struct Retention: Sendable, Hashable {
        /// 0: no limit.
        public var days: Int
        /// 0: no limit.
        public var messagesPerConversation: Int
        public var deviceDays: Int
        public var intervalSeconds: Int
    }

    public var driver: Driver
    public var mysql: MySQL
    public var retention: Retention

    init(_ values: ResolvedConfiguration) throws {
        driver = try values.choice("store.driver")
        mysql = MySQL(
            host: try values.string("store.mysql.host"),
            port: try values.integer("store.mysql.port"),
            user: try values.string("store.mysql.user"),
            password: try values.secret("store.mysql.password"),
            database: try values.string("store.mysql.database"))
        retention = Retention(
            days: try values.integer("store.retention.days"),
            messagesPerConversation: try values.integer("store.retention.messages_per_conversation"),
            deviceDays: try values.integer("store.retention.device_days"),
            intervalSeconds: try values.integer("store.retention.interval_seconds"))
    }
}
