import Testing

@testable import Cluster

@Suite struct PeerUsersTests {
    private func read(_ payload: [UInt8]) -> (users: [String], frame: String?) {
        var users: [String] = []
        let frame = payload.withUnsafeBytes { bytes in
            PeerUsers.read(bytes) { users.append(String(decoding: $0, as: UTF8.self)) }.map { String(decoding: $0, as: UTF8.self) }
        }
        return (users, frame)
    }

    private func add(_ user: String, to users: inout PeerUsers) -> Bool {
        Array(user.utf8).withUnsafeBytes { users.add($0) }
    }

    @Test func namesAndTheFrameBehindThem() {
        var users = PeerUsers()
        for name in ["alice", "", "bob"] {
            let isAdded = add(name, to: &users)
            #expect(isAdded)
        }
        let payload = Array("a frame".utf8).withUnsafeBytes { users.payload($0) }
        let (names, frame) = read(payload)
        #expect(names == ["alice", "", "bob"] && frame == "a frame")
        for count in 0..<13 { #expect(read(Array(payload.prefix(count))).frame == nil) }
    }

    @Test func whatDoesNotFitGoesElsewhere() {
        var users = PeerUsers()
        let isAdded = add(String(repeating: "x", count: 256), to: &users)
        #expect(!isAdded)
        var count = 0
        while add(String(repeating: "y", count: 200), to: &users) { count += 1 }
        #expect(count == users.count && count == (PeerUsers.most - 2) / 201)
        #expect(read(users.payload(UnsafeRawBufferPointer(start: nil, count: 0))).users.count == count)
    }
}
