import Crypto

/// Who speaks on a link, and how it proves that it knows the cluster's secret without saying it.
///
///     dialer                                   acceptor
///     HELLO   id, stream, nonceD        ──►
///                                       ◄──    CHALLENGE   id, nonceA, mac("accept" …)
///     PROOF   mac("dial" …)             ──►
///                                       ◄──    WELCOME     records of the stream received so far
///
/// A mac is HMAC-SHA256 over the side's name, both nonces, both ids and the stream: it proves the incarnation too, and a recorded one is
/// worth nothing.
struct PeerIdentity {
    static let nonceSize = 32
    static let macSize = 32

    let secret: SymmetricKey

    init(secret: String) { self.secret = SymmetricKey(data: Array(secret.utf8)) }

    enum Side: String { case dial, accept }

    struct Transcript: Equatable {
        var dialer: NodeID
        var acceptor: NodeID
        var stream: UInt64
        var dialerNonce: [UInt8]
        var acceptorNonce: [UInt8]
    }

    func mac(_ side: Side, _ transcript: Transcript) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes(side, transcript), using: secret))
    }

    /// In constant time.
    func verify(_ mac: ArraySlice<UInt8>, _ side: Side, _ transcript: Transcript) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(Array(mac), authenticating: bytes(side, transcript), using: secret)
    }

    static func nonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<nonceSize).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private func bytes(_ side: Side, _ transcript: Transcript) -> [UInt8] {
        var bytes = Array("hpush peer 1 \(side.rawValue) ".utf8)
        bytes.append(transcript.dialer.rawValue)
        bytes.append(transcript.acceptor.rawValue)
        bytes.append(transcript.stream)
        bytes += transcript.dialerNonce
        bytes += transcript.acceptorNonce
        return bytes
    }
}

extension [UInt8] {
    mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}

/// Reads numbers and bytes one after the other; nil once there are too few.
struct PeerReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        guard let bytes = bytes(MemoryLayout<Number>.size) else { return nil }
        return bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    var isAtEnd: Bool { rest.isEmpty }
}
