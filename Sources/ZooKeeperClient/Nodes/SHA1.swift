import Crypto

/// SHA-1, only because ZooKeeper's digest scheme is made of it.
enum SHA1 {
    static func hash(_ message: [UInt8]) -> [UInt8] { Array(Insecure.SHA1.hash(data: message)) }
}
