import HPushConfiguration
import Storage

#if MySQL
    import MySQLStorage
#endif

/// The stores that a configuration names. Opening one may block for as long as its file or its server takes.
public enum ConfiguredStores {
    /// Whether this build knows `store.driver: mysql`.
    public static var hasMySQL: Bool {
        #if MySQL
            true
        #else
            false
        #endif
    }

    /// - Throws: `AccountError`, `DataDirectoryError`, `MissingDriver`.
    public static func accounts(_ configuration: NodeConfiguration) throws -> any AccountStore {
        switch configuration.store.driver {
        case .memory: MemoryAccountStore()
        case .sqlite: try SQLiteAccountStore(dataDirectory: configuration.node.dataDirectory)
        case .mysql: try sharedAccounts(configuration.store.mysql)
        }
    }

    /// - Throws: `MessageStoreError`, `DataDirectoryError`, `MissingDriver`.
    public static func messages(_ configuration: NodeConfiguration) throws -> any MessageStore {
        switch configuration.store.driver {
        case .memory: MemoryMessageStore()
        case .sqlite: try SQLiteMessageStore(dataDirectory: configuration.node.dataDirectory)
        case .mysql: try sharedMessages(configuration.store.mysql)
        }
    }

    /// A driver that this build was made without.
    public struct MissingDriver: Error, CustomStringConvertible {
        public let description = "store.driver mysql is not in this build: it was made without the package trait MySQL"
    }

    #if MySQL
        private static func sharedAccounts(_ section: StoreSection.MySQL) throws -> any AccountStore {
            try MySQLAccountStore(server(section))
        }

        private static func sharedMessages(_ section: StoreSection.MySQL) throws -> any MessageStore {
            try MySQLMessageStore(server(section))
        }

        private static func server(_ section: StoreSection.MySQL) -> MySQLServer {
            MySQLServer(
                host: section.host, port: section.port, user: section.user, password: section.password.reveal(),
                database: section.database)
        }
    #else
        private static func sharedAccounts(_ section: StoreSection.MySQL) throws -> any AccountStore { throw MissingDriver() }

        private static func sharedMessages(_ section: StoreSection.MySQL) throws -> any MessageStore { throw MissingDriver() }
    #endif
}
