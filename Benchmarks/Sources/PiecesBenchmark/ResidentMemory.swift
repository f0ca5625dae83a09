import Foundation

/// What of this process is in memory.
enum ResidentMemory {
    /// Bytes; 0 where the kernel does not say.
    static var now: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        // Size and resident pages (proc(5)).
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
