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
        #expect(heard.silence(now: 5) == HeardNodes.Silence() && !heard.isLate(NodeID(1), now: 5))
        for id in UInt32(1)...3 { heard.opened(NodeID(id), now: 1000) }
        #expect(heard.silence(now: 1500).present == nil)
        heard.closed(NodeID(2), now: 1500)
        heard.heard(NodeID(3), now: 2000)
        heard.closed(NodeID(3), now: 2000)
        heard.heard(NodeID(1), now: 3000)
        #expect(heard.silence(now: 3000).present == 2000)
        #expect(heard.isLate(NodeID(3), now: 3000) && !heard.isLate(NodeID(1), now: 3000))
        heard.gone(NodeID(2))
        #expect(heard.silence(now: 3000).present == 1000)
        heard.unregistered(NodeID(2), now: 3000)
        heard.heard(NodeID(1), now: 4000)
        #expect(heard.silence(now: 4000) == HeardNodes.Silence(present: 2000))
        heard.unregistered(NodeID(3), now: 4000)
        #expect(heard.silence(now: 4000) == HeardNodes.Silence(absent: 2000))
    }

    /// It was frozen for longer than its session with ZooKeeper lasts.
    @Test func aNodeWhoseRegistrationIsGoneMayStillSpeak() {
        let heard = HeardNodes()
        heard.placed(NodeID(1), at: "10.0.0.1:7001", now: 900)
        heard.opened(NodeID(1), now: 1000)
        heard.unregistered(NodeID(1), now: 9000)
        heard.closed(NodeID(1), now: 9000)
        #expect(heard.silence(now: 20_000) == HeardNodes.Silence(absent: 19_000))
        // It is back under another number, and what it says comes.
        heard.placed(NodeID(2), at: "10.0.0.1:7001", now: 21_000)
        #expect(heard.silence(now: 21_000).absent == 20_000)
        heard.opened(NodeID(2), now: 21_500)
        #expect(heard.silence(now: 21_500) == HeardNodes.Silence(present: 20_500))
        #expect(heard.silence(now: 21_500 + PeerHearing.settling) == HeardNodes.Silence())
    }

    @Test func aNodeThatLinksBeforeItIsSeenIsTheSame() {
        let heard = HeardNodes()
        heard.placed(NodeID(1), at: "10.0.0.1:7001", now: 900)
        heard.opened(NodeID(1), now: 1000)
        heard.unregistered(NodeID(1), now: 9000)
        heard.opened(NodeID(2), now: 20_000)
        heard.placed(NodeID(2), at: "10.0.0.1:7001", now: 20_100)
        #expect(heard.silence(now: 20_100) == HeardNodes.Silence(present: 19_100))
        #expect(heard.silence(now: 20_100 + PeerHearing.settling) == HeardNodes.Silence())
    }

    @Test func nobodyWaitsForEverForANodeThatDoesNotComeBack() {
        let heard = HeardNodes()
        heard.opened(NodeID(1), now: 1000)
        heard.unregistered(NodeID(1), now: 9000)
        #expect(heard.silence(now: 9000 + PeerHearing.memory).absent != nil)
        #expect(heard.silence(now: 9001 + PeerHearing.memory) == HeardNodes.Silence())
        let dead = HeardNodes()
        dead.opened(NodeID(1), now: 1000)
        dead.gone(NodeID(1))
        dead.unregistered(NodeID(1), now: 9000)
        #expect(dead.silence(now: 9000) == HeardNodes.Silence())
    }
}
