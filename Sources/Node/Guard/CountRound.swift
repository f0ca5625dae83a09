import PluginHost
import Synchronization

/// Gathers what each loop counted; the last one brings it all to the end.
final class CountRound: Sendable {
    private let missing: Mutex<(loops: Int, counts: [Int: HandlerCounts])>
    private let end: @Sendable ([Int: HandlerCounts]) -> Void

    init(_ loops: Int, end: @escaping @Sendable ([Int: HandlerCounts]) -> Void) {
        missing = Mutex((loops, [:]))
        self.end = end
    }

    func add(_ counts: HandlerCounts, loop: Int) {
        let all = missing.withLock { missing -> [Int: HandlerCounts]? in
            missing.loops -= 1
            missing.counts[loop] = counts
            return missing.loops == 0 ? missing.counts : nil
        }
        if let all { end(all) }
    }
}
