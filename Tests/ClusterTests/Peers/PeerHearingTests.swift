import Testing

@testable import Cluster

@Suite struct PeerHearingTests {
    private var node = PeerHearing(now: 1000)

    @Test mutating func nothingIsMissingOfANodeThatSpeaks() {
        #expect(node.missing(1000) == nil)
        for now in stride(from: UInt64(2000), to: 20_000, by: 1000) {
            node.heard(now)
            #expect(node.missing(now + 900) == nil)
        }
    }

    @Test mutating func whatItSaysInSilenceIsMissingUntilItIsHeardForAWhile() {
        node.heard(2000)
        #expect(node.missing(2000 + PeerHearing.patience) == nil)
        #expect(node.missing(2001 + PeerHearing.patience) == 2000)
        node.heard(13_000)
        #expect(node.missing(13_000) == 2000)
        node.heard(13_000 + PeerHearing.settling - 1)
        #expect(node.missing(13_000 + PeerHearing.settling - 1) == 2000)
        #expect(node.missing(13_000 + PeerHearing.settling) == nil)
    }

    @Test mutating func aLinkThatIsGoneIsMissedAtOnce() {
        node.heard(2000)
        node.closed(2100)
        #expect(node.missing(2100) == 2000 && node.missing(60_000) == 2000)
        node.opened(60_000)
        #expect(node.missing(60_000) == 2000)
        #expect(node.missing(60_000 + PeerHearing.settling) == nil)
    }

    @Test mutating func anotherGapBeforeTheFirstHasSettledIsTheSame() {
        node.closed(2000)
        node.opened(5000)
        node.heard(5500)
        node.closed(5600)
        #expect(node.missing(5600) == 1000)
        node.opened(9000)
        #expect(node.missing(9500) == 1000)
        // And a new one after that begins where it was heard last.
        node.heard(10_500)
        #expect(node.missing(10_500) == nil)
        node.closed(10_600)
        #expect(node.missing(10_700) == 10_500)
    }

    @Test mutating func nobodyWaitsForTheDead() {
        node.closed(2000)
        node.gone()
        #expect(node.missing(3000) == nil)
        node.opened(4000)
        #expect(node.missing(4000) == 1000)
    }

    @Test func theLongestSilenceOfAllCounts() {
        let heard = HeardNodes()
        #expect(heard.silence(now: 5) == nil && !heard.isLate(NodeID(1), now: 5))
        for id in UInt32(1)...3 { heard.opened(NodeID(id), now: 1000) }
        #expect(heard.silence(now: 1500) == nil)
        heard.closed(NodeID(2), now: 1500)
        heard.heard(NodeID(3), now: 2000)
        heard.closed(NodeID(3), now: 2000)
        heard.heard(NodeID(1), now: 3000)
        #expect(heard.silence(now: 3000) == 2000)
        #expect(heard.isLate(NodeID(3), now: 3000) && !heard.isLate(NodeID(1), now: 3000))
        heard.gone(NodeID(2))
        #expect(heard.silence(now: 3000) == 1000)
        heard.forget(NodeID(3))
        heard.closed(NodeID(3), now: 3000)
        #expect(heard.silence(now: 3000) == nil)
    }
}
