extension RedisCommand {
    /// The argument at a position, the name being number 0.
    public subscript(_ index: Int) -> [UInt8]? {
        guard let range = range(of: index) else { return nil }
        return Array(body[range])
    }

    /// Where an argument's `$` stands.
    func offset(of index: Int) -> Int? {
        guard index >= 0, index < count else { return nil }
        var position = 0
        for _ in 0..<index { position = step(position).end + 2 }
        return position
    }

    /// Where an argument's bytes stand.
    func range(of index: Int) -> Range<Int>? {
        guard let offset = offset(of: index) else { return nil }
        let found = step(offset)
        return found.start..<found.end
    }

    /// Calls `body` with the bytes of the arguments in `wanted`.
    func forEach(_ wanted: some Sequence<Int>, _ visit: (UnsafeRawBufferPointer) -> Void) {
        var position = 0
        var index = 0
        for next in wanted where next < count {
            while index <= next {
                let found = step(position)
                if index == next {
                    body.withUnsafeBytes { visit(UnsafeRawBufferPointer(rebasing: $0[found.start..<found.end])) }
                }
                position = found.end + 2
                index += 1
            }
        }
    }

    /// Reads one `$LENGTH\r\n` of our own making.
    private func step(_ position: Int) -> (start: Int, end: Int) {
        var at = position + 1
        var length = 0
        while body[at] != 13 {
            length = length * 10 + Int(body[at] & 15)
            at += 1
        }
        return (at + 2, at + 2 + length)
    }
}
