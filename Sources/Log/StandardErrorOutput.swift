#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Standard error, one system call a line, so that lines of several threads stay whole. What cannot be written is lost.
public struct StandardErrorOutput: LogOutput {
    public init() {}

    public func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                #else
                    let count = Darwin.write(STDERR_FILENO, rest.baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
