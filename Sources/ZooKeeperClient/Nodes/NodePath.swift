/// Rules and pieces of node paths.
public enum NodePath {
    /// - Parameter sequential: the server appends digits, so that the path may end in `/`.
    /// - Throws: `.badArguments` that says what is wrong with it.
    public static func validate(_ path: String, sequential: Bool = false) throws(ZooKeeperError) {
        var path = path
        let fault = path.withUTF8 { Self.fault($0, sequential) }
        if let fault { throw ZooKeeperError(.badArguments, path: path, message: "the path \(fault)") }
    }

    private static func fault(_ bytes: UnsafeBufferPointer<UInt8>, _ sequential: Bool) -> String? {
        let slash = UInt8(ascii: "/")
        let dot = UInt8(ascii: ".")
        guard bytes.first == slash else { return "does not begin with /" }
        if bytes.count == 1 { return nil }
        var start = 1
        var index = 1
        while index <= bytes.count {
            if index < bytes.count, bytes[index] != slash {
                // 0 is no character of a path, nor are the other control characters.
                if bytes[index] < 0x20 || bytes[index] == 0x7f { return "has a control character" }
                index += 1
                continue
            }
            let length = index - start
            if length == 0 {
                if index < bytes.count { return "has an empty part" }
                return sequential ? nil : "ends with /"
            }
            if length == 1, bytes[start] == dot { return "has the part ." }
            if length == 2, bytes[start] == dot, bytes[start + 1] == dot { return "has the part .." }
            index += 1
            start = index
            if index == bytes.count { return sequential ? nil : "ends with /" }
        }
        return nil
    }

    /// `/a` for `/a/b`, `/` for `/a`; nil for `/`.
    public static func parent(_ path: String) -> String? {
        guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// `b` for `/a/b`.
    public static func name(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    public static func child(_ name: String, of parent: String) -> String { parent == "/" ? "/\(name)" : "\(parent)/\(name)" }

    /// The number a sequential mode appended: the last ten digits. nil when there are none.
    public static func sequence(_ path: String) -> Int? {
        let digits = path.utf8.suffix(10)
        guard digits.count == 10, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
