import CPluginBridge
import Foundation

/// Runs Lua chunks with the plugins' standard library, or with Lua's own to compare with.
struct StdlibProbe: Sendable {
    typealias Function = @Sendable (UnsafePointer<CChar>?, Int, UnsafeMutablePointer<CChar>?, Int) -> Int32

    /// What a chunk returned, or the text of its error.
    struct Outcome: Equatable {
        var failed: Bool
        var text: String
    }

    /// With the bounded library.
    static let bounded = StdlibProbe(run: hp_stdlib_probe)
    /// With Lua's own libraries.
    static let reference = StdlibProbe(run: hp_stdlib_probe_reference)
    /// With the bounded library and `host.expire()`, which makes the time budget run out.
    static let expiring = StdlibProbe(run: hp_stdlib_probe_expiring)

    let run: Function

    func callAsFunction(_ chunk: String, memory: Int = 64 << 20) -> Outcome {
        var output = [CChar](repeating: 0, count: 1 << 18)
        let status = chunk.withCString { run($0, memory, &output, output.count) }
        let bytes = output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        // Lua strings are bytes: what is no UTF-8 is compared as replacement characters.
        return Outcome(failed: status != 0, text: String(decoding: bytes, as: UTF8.self))
    }

    /// Runs the chunk and measures the processor time of this thread in milliseconds, which a busy machine does not change.
    func timed(_ chunk: String) -> (outcome: Outcome, milliseconds: Double) {
        let start = threadTime()
        let outcome = self(chunk)
        return (outcome, Double(threadTime() - start) / 1e6)
    }

    private func threadTime() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
