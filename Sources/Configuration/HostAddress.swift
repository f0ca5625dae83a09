/// What a host in the configuration means.
public enum HostAddress {
    /// Every address of the machine: nobody can be told to connect to it.
    public static func isWildcard(_ host: String) -> Bool {
        ["0.0.0.0", "::", "0"].contains(host)
    }

    /// This machine only.
    public static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
