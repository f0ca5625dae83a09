#if MySQL
    import Testing

    @testable import MySQLStorage
    @testable import Storage

    @Suite struct MySQLMigrationTests {
        private let server: MySQLServer

        init() throws { server = try MariaDBServer.shared.get().database() }

        @Test func manyNodesMayBeginAtOnce() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask { [server] in _ = try MySQLMessageStore(server).groupVersion() }
                }
                try await group.waitForAll()
            }
            var steps: [UInt64] = []
            try MySQLConnection(server).query("SELECT step FROM hpush_schema ORDER BY step") { steps.append($0.number(0)) }
            #expect(steps == Array(1...UInt64(MySQLSchema.steps.count)))
        }

        @Test func aStepThatBrokeOffIsRepeated() throws {
            let steps = [["CREATE TABLE IF NOT EXISTS one (id INT)"], ["CREATE TABLE IF NOT EXISTS two (id INT)", "NONSENSE"]]
            #expect(throws: MySQLFailure.self) { try MySQLMigration.bringUpToDate(server, steps: steps) }
            try MySQLMigration.bringUpToDate(server, steps: [steps[0], ["CREATE TABLE IF NOT EXISTS two (id INT)"]])
            try MySQLConnection(server).run("INSERT INTO two VALUES (1)")
        }

        @Test func tablesOfANewerVersionAreLeftAlone() throws {
            _ = try MySQLMessageStore(server)
            try MySQLConnection(server).run("INSERT INTO hpush_schema VALUES (99, UTC_TIMESTAMP())")
            let reason = "its tables were made by a newer version of hpush"
            #expect(throws: MessageStoreError.unusable(path: server.place, reason: reason)) { try MySQLMessageStore(server) }
            #expect(throws: AccountError.unusable(path: server.place, reason: reason)) { try MySQLAccountStore(server) }
        }
    }
#endif
