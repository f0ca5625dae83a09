import Messaging
import Testing

@Suite struct UnconfirmedDeliveriesTests {
    private var deliveries = UnconfirmedDeliveries()
    private let here = DeliveryOrigin(loop: 0)
    private let there = DeliveryOrigin(loop: 1)

    private mutating func flushed(_ bytes: Int) -> [UInt64] {
        deliveries.advance(bytes)
        var ids: [UInt64] = []
        while let delivery = deliveries.nextFlushed() { ids.append(delivery.serverID) }
        return ids
    }

    @Test mutating func aMessageIsOutWithItsLastByte() {
        deliveries.wrote(1, here, waiting: 100)
        deliveries.wrote(2, there, waiting: 150)
        #expect(flushed(99).isEmpty)
        #expect(flushed(1) == [1])
        // 50 bytes wait, 30 of others come behind them, then a message of 20.
        deliveries.wrote(3, here, waiting: 100)
        #expect(flushed(50) == [2])
        #expect(deliveries.countsFlushes)
        #expect(flushed(50) == [3])
        #expect(!deliveries.countsFlushes && deliveries.isEmpty)
    }

    @Test mutating func manyLeaveAtOnceInOrder() {
        for id in UInt64(1)...1000 { deliveries.wrote(id, here, waiting: Int(id) * 10) }
        #expect(flushed(5000) == Array(1...500))
        #expect(flushed(4999) == Array(501...999))
        #expect(flushed(1) == [1000])
    }

    @Test mutating func anAcknowledgementCountsOnceAndForTheRightOrigin() {
        #expect(deliveries.sent(1, here) == nil && deliveries.sent(2, there) == nil)
        #expect(deliveries.acknowledged(2)?.origin == there)
        #expect(deliveries.acknowledged(2) == nil && deliveries.acknowledged(99) == nil)
        #expect(deliveries.acknowledged(1)?.origin == here && deliveries.isEmpty)
    }

    @Test mutating func theOldestIsGivenUpWhenTooManyAreUnacknowledged() {
        let most = UInt64(UnconfirmedDeliveries.mostAwaited)
        for id in 1...most { #expect(deliveries.sent(id, here) == nil) }
        #expect(deliveries.acknowledged(1)?.origin == here)
        #expect(deliveries.sent(most + 1, here) == nil)
        #expect(deliveries.sent(most + 2, here) == .init(serverID: 2, origin: here))
        #expect(deliveries.removeAll().count == UnconfirmedDeliveries.mostAwaited)
    }

    @Test mutating func theEndNamesAllThatIsOpen() {
        deliveries.wrote(1, here, waiting: 10)
        _ = deliveries.sent(2, there)
        #expect(Set(deliveries.removeAll().map(\.serverID)) == [1, 2])
        #expect(deliveries.isEmpty && deliveries.removeAll().isEmpty)
    }

    @Test mutating func anotherTryTakesThePlaceOfTheFirst() {
        deliveries.wrote(1, here, waiting: 10)
        _ = deliveries.sent(2, here)
        #expect(deliveries.moved(1, to: there) == here)
        #expect(deliveries.moved(2, to: there) == here)
        #expect(deliveries.moved(3, to: there) == nil)
        #expect(deliveries.acknowledged(2)?.origin == there)
        deliveries.advance(10)
        #expect(deliveries.nextFlushed()?.origin == there)
    }

    @Test mutating func whatIsConfirmedIsRememberedForATryThatComesLate() {
        let most = UInt64(UnconfirmedDeliveries.mostConfirmed)
        deliveries.wrote(1, here, waiting: 10)
        _ = deliveries.sent(2, here)
        #expect(!deliveries.isConfirmed(1) && !deliveries.isConfirmed(2))
        deliveries.advance(10)
        _ = deliveries.nextFlushed()
        _ = deliveries.acknowledged(2)
        // What it was never sent it cannot have.
        _ = deliveries.acknowledged(3)
        #expect(deliveries.isConfirmed(1) && deliveries.isConfirmed(2) && !deliveries.isConfirmed(3))
        #expect(deliveries.isEmpty)
        for id in 10..<(10 + most) {
            _ = deliveries.sent(id, here)
            _ = deliveries.acknowledged(id)
        }
        #expect(!deliveries.isConfirmed(1) && deliveries.isConfirmed(10) && deliveries.isConfirmed(9 + most))
    }

    @Test func oneThatComesAgainUnderAnotherNumberIsKnownByItsName() {
        let name = key(5).name
        let other = key(6).name
        for acknowledges in [true, false] {
            var deliveries = UnconfirmedDeliveries()
            let first = UnconfirmedDeliveries.Delivery(serverID: 1, origin: there, name: name)
            if acknowledges { _ = deliveries.sent(first) } else { deliveries.wrote(first, waiting: 10) }
            #expect(deliveries.moved(.init(serverID: 2, origin: here, name: other)) == nil)
            let before = deliveries.moved(.init(serverID: 3, origin: here, name: name))
            #expect(before?.origin == there && before?.asked == 1)
            deliveries.advance(10)
            let got = acknowledges ? deliveries.acknowledged(1) : deliveries.nextFlushed()
            #expect(got?.origin == here && got?.serverID == 1 && got?.asked == 3)
            #expect(deliveries.isEmpty && deliveries.isConfirmed(1))
        }
    }
}
