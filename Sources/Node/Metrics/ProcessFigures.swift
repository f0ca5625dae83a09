import Foundation
import Reactor

/// Figures of the process that Prometheus' other clients give, too.
struct ProcessFigures {
    /// User and system time.
    let cpuSeconds: Double
    let residentBytes: UInt64
    /// Open descriptors; nil where the kernel does not count them (before 6.2): looking at each of many thousands takes too long.
    let openDescriptors: Double?
    let mostDescriptors: Double

    init() {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        residentBytes = ProcessMemory.resident
        var folder = stat()
        openDescriptors = stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0 ? Double(folder.st_size) : nil
        mostDescriptors = Double(DescriptorLimit.raise())
    }
}
