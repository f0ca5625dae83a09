import Foundation

/// What the kernel says of this process.
enum ProcessMemory {
    /// Resident bytes; 0 where that can't be read.
    static var resident: UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0
        return pages * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }
}
