#if MySQL
    /// A device that has got messages, or is new.
    final class DeviceProgress {
        /// As columns have them.
        let name: [UInt8]
        let user: [UInt8]
        let device: [UInt8]
        /// The name of its user's mailbox.
        let mailbox: [UInt8]
        /// What it says it has got.
        var reported: Set<UInt64> = []

        // Of one run.
        var id: UInt64 = 0
        var start: UInt64 = 0
        var position: UInt64 = 0
        /// Reported now, and beyond a gap.
        var new: Set<UInt64> = []
        /// Reported before, and beyond a gap.
        var kept: Set<UInt64> = []
        /// Those of `kept` that the position has passed.
        var passed: [UInt64] = []
        /// Of the user's own mailbox: up to which number it has all.
        var taken: UInt64 = 0

        init(_ name: [UInt8], user: String, device: String) {
            self.name = name
            self.user = ColumnName.user(user)
            self.device = ColumnName.device(device)
            mailbox = ColumnName.mailbox(ofUser: user)
        }

        func begin(id: UInt64, position: UInt64) {
            self.id = id
            start = position
            self.position = position
            new = reported
            kept = []
            passed = []
            taken = 0
        }

        /// How many messages it is worth to look at.
        var limit: Int { min(max(new.count + kept.count, 16), 1024) }

        /// Goes on over messages that it has, from its position.
        /// - Returns: whether it may go on over what comes after them.
        func walk(_ candidates: [MessageCandidate], limit: Int) -> Bool {
            for candidate in candidates {
                if kept.remove(candidate.serverID) != nil {
                    passed.append(candidate.serverID)
                } else if new.remove(candidate.serverID) == nil, !candidate.isByDevice {
                    return false
                }
                position = candidate.position
                if candidate.isOwnMailbox { taken = candidate.number }
            }
            return candidates.count == limit && !(new.isEmpty && kept.isEmpty)
        }
    }
#endif
