#if MySQL
    import CMariaDB

    /// An error of the server or of the connection to it.
    struct MySQLFailure: Error {
        /// The server's or the client library's number.
        var code: UInt32
        /// What they say, on one line.
        var text: String
        /// The connection broke after something had been sent that lasts, and before it was answered: it may have happened.
        var isInDoubt = false

        init(code: UInt32, text: String) {
            self.code = code
            self.text = text.replacing("\n", with: " ")
        }

        /// The connection is of no use any more: the server went away, was lost, did not answer in time, or ends.
        var isLost: Bool { (2000...2999).contains(code) || Self.endings.contains(code) }
        /// Another transaction was in the way; this one is undone and may be tried again.
        var isDeadlock: Bool { code == 1213 }
        var isDuplicate: Bool { code == 1062 }
        /// The server does not take what was to be written, and would not take it again: a constraint, a trigger, a value that does not fit.
        var isRefusal: Bool { Self.refusals.contains(code) }
        var isMissingTable: Bool { code == 1146 }

        /// Not null, duplicate, out of range, cut short, no default, wrong value, too long, foreign keys, SIGNAL, checks (MySQL's and MariaDB's),
        /// out of range in an expression.
        private static let refusals: Set<UInt32> = [
            1048, 1062, 1264, 1265, 1292, 1364, 1366, 1406, 1451, 1452, 1644, 1690, 3819, 4025,
        ]

        /// The server shuts down, or has closed the connection for reasons of its own.
        private static let endings: Set<UInt32> = [1053, 1077, 1927, 4031]

        /// One line for people: what it means, and the server's own words.
        var reason: String {
            let meaning: String =
                switch code {
                case 1044, 1045, 1698: "the server refuses the user"
                case 1142, 1143, 1227: "the user may not do that"
                case 1049: "there is no such database"
                case 1040, 1203, 1226: "the server takes no more connections"
                case 1021, 1114, 1041, 1037: "the server has no room"
                case 1205, 1213: "another node has kept the rows locked for too long"
                case 1290, 1792, 1836: "the server takes no changes"
                case 2002, 2003, 2005: "the server cannot be reached"
                case let code where Self.refusals.contains(code): "the server refuses what was written"
                case let code where (2000...2999).contains(code) || Self.endings.contains(code): "the connection to the server was lost"
                default: "the database failed"
                }
            return "\(meaning) (\(text), \(code))"
        }
    }
#endif
