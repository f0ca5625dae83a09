import Messaging
import Testing

@Suite struct SessionSlotsTests {
    @Test func handlesOfEndedSessionsNameNothing() throws {
        let slots = SessionSlots(loop: 1)
        let first = try #require(slots.reserve())
        slots.insert(makeSession("alice", slot: first.slot, loop: 1, generation: first.generation))
        #expect(slots.session(first)?.uid == "alice")
        #expect(slots.find(first)?.uid == "alice")
        slots.remove(first)
        #expect(slots.session(first) == nil)

        let second = try #require(slots.reserve())
        #expect(second.slot == first.slot && second != first, "the slot is used again under another generation")
        slots.insert(makeSession("bob", slot: second.slot, loop: 1, generation: second.generation))
        #expect(slots.session(first) == nil)
        #expect(slots.session(second)?.uid == "bob")
        #expect(slots.count == 1)
    }

    @Test func removingTwiceIsHarmless() throws {
        let slots = SessionSlots(loop: 0)
        let handle = try #require(slots.reserve())
        slots.insert(makeSession("alice", slot: handle.slot, generation: handle.generation))
        slots.remove(handle)
        slots.remove(handle)
        #expect(slots.count == 0)
        #expect(try #require(slots.reserve()).slot == handle.slot)
        #expect(try #require(slots.reserve()).slot != handle.slot)
    }
}
