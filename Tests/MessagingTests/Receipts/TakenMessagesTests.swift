import Testing

@testable import Messaging

@Suite struct TakenMessagesTests {
    private func read(_ payload: [UInt8]?) -> (device: String, messages: [UInt64: MessageName]) {
        var device = ""
        var messages: [UInt64: MessageName] = [:]
        (payload ?? []).withUnsafeBytes { bytes in
            TakenMessages.read(bytes) {
                device = String(decoding: $0, as: UTF8.self)
                messages[$2] = $1
            }
        }
        return (device, messages)
    }

    private func payload(_ taken: TakenMessages, device: String = "phone", now: UInt32) -> [UInt8]? {
        Array(device.utf8).withUnsafeBytes { taken.payload(of: $0, now: now) }
    }

    @Test func otherNodesLearnNamesAndNumbers() {
        var taken = TakenMessages()
        #expect(payload(taken, now: 0) == nil)
        taken.add(key(1).name, 70, now: 5)
        taken.add(key(2).name, 71, now: 6)
        let (device, messages) = read(payload(taken, now: 6))
        #expect(device == "phone" && messages == [70: key(1).name, 71: key(2).name])
        #expect(read(payload(taken, device: "", now: 6)).messages.count == 2)
    }

    @Test func whatIsLongAgoIsNotTold() {
        var taken = TakenMessages()
        taken.add(key(1).name, 70, now: 5)
        taken.add(key(2).name, 71, now: 6)
        #expect(read(payload(taken, now: 6 + TakenMessages.lifetime)).messages == [71: key(2).name])
        #expect(payload(taken, now: 7 + TakenMessages.lifetime) == nil)
    }

    @Test func theLastOnesAreKept() {
        var taken = TakenMessages()
        for id in UInt64(1)...1000 { taken.add(key(id).name, id, now: 1) }
        let first = 1001 - UInt64(TakenMessages.most)
        #expect(read(payload(taken, now: 1)).messages.keys.sorted() == Array(first...1000))
    }

    @Test func brokenPayloadsGiveWhatIsWhole() {
        var taken = TakenMessages()
        for id in UInt64(1)...3 { taken.add(key(id).name, id, now: 1) }
        let whole = payload(taken, now: 1) ?? []
        for count in 0..<whole.count {
            let messages = read(Array(whole.prefix(count))).messages
            #expect(messages.count == max(count - 7, 0) / 24)
        }
        #expect(read([0xff, 0xff, 1, 2, 3]).messages.isEmpty)
    }
}
