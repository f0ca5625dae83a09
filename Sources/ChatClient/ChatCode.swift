/// The numbers in the node's answers.
public enum ChatCode {
    /// What a code means, for people.
    public static func meaning(of code: UInt32) -> String {
        switch code {
        case 0: "success"
        case 1: "login failed"
        case 2: "no credential"
        case 3: "unknown error"
        case 4: "too many requests"
        case 5: "not logged in"
        case 6: "no such user or group"
        case 7: "rejected by a rule"
        case 8: "message too large"
        case 9: "unavailable, try again"
        default: "unknown code"
        }
    }
}
