import CReactor

/// The process's heap.
public enum HeapMemory {
    /// Gives free pages of all arenas back to the kernel. Any thread; takes milliseconds on a large heap.
    public static func giveBack() { creactor_release_memory() }
}
