import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard input, read when asked for: what is not asked for waits in the pipe.
struct StandardInput: Sendable {
    private let queue = DispatchQueue(label: "hpush.chat.input")

    /// What one read brings; nil at the end. Waits on a thread of its own and cannot be cancelled.
    func read() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            queue.async {
                let bytes = [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
                    var result: Int
                    repeat {
                        #if canImport(Glibc)
                            result = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                        #else
                            result = Darwin.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                        #endif
                    } while result < 0 && errno == EINTR
                    count = max(result, 0)
                }
                continuation.resume(returning: bytes.isEmpty ? nil : bytes)
            }
        }
    }
}
