import HPushConfiguration
import Logging
import Synchronization

// limits.memory_mb: nobody is let in while the memory is used up; who is there stays.
extension Node {
    static func memoryWatch(_ shared: NodeShared, _ cluster: ClusterServices?) -> MemoryWatch? {
        let megabytes = shared.configuration.limits.memoryMegabytes
        guard megabytes > 0 else { return nil }
        return MemoryWatch(limit: UInt64(megabytes) << 20) { change, resident in
            let isUsedUp = change == .usedUp
            shared.memoryUsedUp.store(isUsedUp, ordering: .relaxed)
            cluster?.refuseNewcomers(isUsedUp)
            let numbers: Logger.Metadata = ["resident_mb": "\(resident >> 20)", "limits.memory_mb": "\(megabytes)"]
            if isUsedUp {
                shared.logger.error("memory is used up: logins are refused until a tenth of it is free again", metadata: numbers)
            } else {
                shared.logger.notice("memory is free again: logins are taken", metadata: numbers)
            }
        }
    }
}
