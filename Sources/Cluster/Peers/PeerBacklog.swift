/// Records of one stream that the other node has not acknowledged, as frames, oldest first. Bounded in bytes.
struct PeerBacklog: ~Copyable {
    private struct Piece {
        let bytes: UnsafeMutableRawPointer
        let capacity: Int
        var start = 0
        var end = 0
    }

    private static let pieceSize = 64 << 10

    let most: Int
    private var pieces: [Piece] = []
    /// Pieces before it are gone.
    private var firstPiece = 0
    private var spare: UnsafeMutableRawPointer?
    /// Records acknowledged since the stream began.
    private(set) var acknowledged: UInt64 = 0
    /// Records added since the stream began.
    private(set) var added: UInt64 = 0
    private(set) var byteCount = 0

    init(most: Int) { self.most = most }

    deinit {
        for piece in pieces[firstPiece...] { piece.bytes.deallocate() }
        spare?.deallocate()
    }

    var isEmpty: Bool { added == acknowledged }

    /// Keeps a record. Where its frame lies, until the next call; nil when there is no room.
    mutating func add(_ record: PeerRecord) -> UnsafeRawBufferPointer? {
        let size = record.frameSize
        guard byteCount + size <= most else { return nil }
        if pieces.count == firstPiece || pieces[pieces.count - 1].capacity - pieces[pieces.count - 1].end < size { addPiece(size) }
        let last = pieces.count - 1
        let place = pieces[last].bytes + pieces[last].end
        record.write(to: place)
        pieces[last].end += size
        byteCount += size
        added += 1
        return UnsafeRawBufferPointer(start: place, count: size)
    }

    /// The other side has `count` records. False when that cannot be.
    mutating func acknowledge(_ count: UInt64) -> Bool {
        guard count >= acknowledged, count <= added else { return false }
        while acknowledged < count {
            let piece = pieces[firstPiece]
            let head = UnsafeRawPointer(piece.bytes + piece.start)
            let size = PeerWire.headSize + Int(UInt32(bigEndian: head.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            pieces[firstPiece].start += size
            byteCount -= size
            acknowledged += 1
            if pieces[firstPiece].start == pieces[firstPiece].end { dropFirst() }
        }
        return true
    }

    /// All frames that are not acknowledged, in pieces.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        for piece in pieces[firstPiece...] {
            body(UnsafeRawBufferPointer(start: piece.bytes + piece.start, count: piece.end - piece.start))
        }
    }

    /// All records that are not acknowledged.
    func forEach(_ body: (PeerRecord) -> Void) {
        forEachPiece { bytes in
            var offset = 0
            while offset < bytes.count {
                let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)))
                let start = offset + PeerWire.headSize
                if let record = PeerRecord(body: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])) { body(record) }
                offset = start + length
            }
        }
    }

    /// Forgets all of them, and the counts.
    mutating func removeAll() {
        while firstPiece < pieces.count { dropFirst() }
        byteCount = 0
        acknowledged = 0
        added = 0
    }

    private mutating func addPiece(_ size: Int) {
        if size <= Self.pieceSize, let spare {
            self.spare = nil
            return pieces.append(Piece(bytes: spare, capacity: Self.pieceSize))
        }
        let capacity = max(size, Self.pieceSize)
        pieces.append(Piece(bytes: .allocate(byteCount: capacity, alignment: 8), capacity: capacity))
    }

    private mutating func dropFirst() {
        let piece = pieces[firstPiece]
        firstPiece += 1
        if piece.capacity == Self.pieceSize, spare == nil { spare = piece.bytes } else { piece.bytes.deallocate() }
        if firstPiece == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            firstPiece = 0
        } else if firstPiece >= 64 {
            pieces.removeFirst(firstPiece)
            firstPiece = 0
        }
    }
}
