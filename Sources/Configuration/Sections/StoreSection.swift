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

    public var driver: Driver
    public var mysql: MySQL

    init(_ values: ResolvedConfiguration) throws {
        driver = try values.choice("store.driver")
        mysql = MySQL(
            host: try values.string("store.mysql.host"),
            port: try values.integer("store.mysql.port"),
            user: try values.string("store.mysql.user"),
            password: try values.secret("store.mysql.password"),
            database: try values.string("store.mysql.database"))
    }
}
