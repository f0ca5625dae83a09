import Messaging
import Testing

@Suite struct RouteTableTests {
    @Test func findsAUsersSessionsOldestFirst() {
        let table = RouteTable()
        let first = makeSession("alice", slot: 0)
        let second = makeSession("alice", slot: 1)
        let other = makeSession("bob", slot: 2)
        for session in [first, second, other] { table.add(session) }
        #expect(handles(table, "alice") == [first.handle, second.handle])
        #expect(handles(table, "bob") == [other.handle])
        #expect(handles(table, "carol") == [])
        #expect(table.userCount == 2)
    }

    @Test func forgetsSessionsOneByOne() {
        let table = RouteTable()
        let sessions = (0..<3).map { makeSession("alice", slot: $0) }
        sessions.forEach(table.add)
        #expect(table.remove(sessions[1]))
        #expect(handles(table, "alice") == [sessions[0].handle, sessions[2].handle])
        #expect(!table.remove(sessions[1]), "removed twice")
        #expect(table.remove(sessions[0]))
        #expect(table.remove(sessions[2]))
        #expect(handles(table, "alice") == [])
        #expect(table.userCount == 0)
    }

    @Test func keepsTenThousandUsersApartWhileTheyComeAndGo() {
        let table = RouteTable()
        let sessions = (0..<10_000).map { makeSession("user-\($0)", slot: $0) }
        sessions.forEach(table.add)
        for index in stride(from: 0, to: sessions.count, by: 2) { #expect(table.remove(sessions[index])) }
        for (index, session) in sessions.enumerated() {
            #expect(handles(table, "user-\(index)") == (index % 2 == 0 ? [] : [session.handle]))
        }
        #expect(table.userCount == 5000)
    }

    @Test func letsGoOfSessionsItDoesNotHoldAnyMore() {
        let table = RouteTable()
        weak var gone: Session?
        do {
            let session = makeSession("alice", slot: 0)
            gone = session
            table.add(session)
            #expect(table.remove(session))
        }
        #expect(gone == nil)
    }

    @Test func findsMoreSessionsThanItsRoomFirstHas() {
        let table = RouteTable()
        for slot in 0..<200 { table.add(makeSession("alice", slot: slot)) }
        #expect(handles(table, "alice").count == 200)
    }
}

private func handles(_ table: RouteTable, _ user: String) -> [SessionHandle] {
    let found = RouteScratch()
    var user = user
    user.withUTF8 { table.sessions(of: UnsafeRawBufferPointer($0), into: found) }
    #expect(table.sessions(of: user).map(\.handle) == (0..<found.count).map { found.base[$0].handle })
    return (0..<found.count).map { found.base[$0].handle }
}
