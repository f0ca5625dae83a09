#if MySQL
    import Storage

    extension MySQLMessageStore {
        public func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] {
            try Self.translating(place) {
                // What expires is gone whatever becomes of the rest.
                var expired: [Int: Int] = [:]
                for (index, write) in writes.enumerated() {
                    if case .expire(let before, let now) = write {
                        expired[index] = try pool.retrying { try MessageExpiry.run(before: before, now: now, $0) }
                    }
                }
                let commit = MessageCommit(writes, names: names, members: members)
                var outcomes = try store(commit)
                for (index, count) in expired { outcomes[index] = .expired(count) }
                return outcomes
            }
        }

        /// What was sent and not answered is asked for, once: it may be there.
        private func store(_ commit: MessageCommit) throws -> [StoreOutcome] {
            do { return try pool.retrying(commit.run) } catch let failure as MySQLFailure where failure.isInDoubt || failure.isDuplicate {
                commit.looksForStored = true
            } catch is MessageCommit.MissingRow {
                // The database is another one than before.
                names.forget()
            }
            return try pool.retrying(commit.run)
        }
    }
#endif
