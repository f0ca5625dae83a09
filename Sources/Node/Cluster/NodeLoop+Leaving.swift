import Messaging
import Reactor

extension NodeLoop {
    /// Closes all sessions; returns when they have ended.
    func endAllSessions() async {
        _ = await ask { owner in
            owner.slots.forEach { owner.connection(of: $0)?.endAfterOutput(.shutdown) }
        }
        // They end at the tick's end.
        for _ in 0..<100 {
            guard let left = await ask({ $0.slots.count }), left > 0 else { return }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
