import CReactor

/// How many descriptors the process may have; each connection takes one.
public enum DescriptorLimit {
    /// Raises the soft limit to the hard one. Any thread; meant for a server's start.
    ///
    /// - Returns: the limit now in force; 0 when the kernel does not say.
    @discardableResult
    public static func raise() -> Int { Int(clamping: creactor_raise_descriptor_limit()) }
}
