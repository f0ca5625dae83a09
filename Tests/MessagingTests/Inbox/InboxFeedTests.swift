import Messaging
import Testing

@Suite struct InboxFeedTests {
    private func read(_ feed: InboxFeed, _ numbers: [UInt64], last: UInt64, more: Bool = false, now: UInt64 = 0) -> [UInt64] {
        let sent = numbers.filter { feed.takesRead($0) }
        feed.endPage(last: last, more: more, now: now)
        return sent
    }

    private func live() -> InboxFeed {
        let feed = InboxFeed()
        #expect(feed.beginPage())
        feed.endPage(last: 0, more: false, now: 0)
        return feed
    }

    @Test func readsPageByPageAndGoesLive() {
        let feed = InboxFeed()
        #expect(feed.isBehind && feed.position == nil && feed.beginPage())
        #expect(!feed.beginPage(), "one at a time")
        #expect(read(feed, [1, 2], last: 2, more: true) == [1, 2])
        #expect(feed.position == 2 && feed.beginPage())
        #expect(read(feed, [3], last: 3) == [3])
        #expect(!feed.isBehind && !feed.beginPage())
        #expect(feed.takesLive(4, now: 0))
    }

    @Test func aLiveMessageThatComesWhileItReadsIsReadInItsTurn() {
        let feed = InboxFeed()
        #expect(feed.beginPage())
        #expect(!feed.takesLive(2, now: 0))
        #expect(read(feed, [1], last: 1) == [1])
        #expect(feed.isBehind && feed.position == 1 && feed.beginPage())
        #expect(read(feed, [2], last: 2) == [2])
        #expect(!feed.isBehind)
    }

    @Test func aLiveCopyOfWhatWasReadIsNotSentAgain() {
        let feed = InboxFeed()
        #expect(feed.beginPage())
        #expect(read(feed, [1], last: 1) == [1])
        #expect(!feed.takesLive(1, now: 0))
        #expect(feed.took(1))
        feed.confirmed([1])
        #expect(!feed.takesLive(1, now: 5_000_000_000), "also when the store knows that the device has it")
        #expect(feed.takesLive(2, now: 20_000_000_000))
    }

    @Test func fallsBehindWhenItMissesOneAndDoesNotSendTheOthersAgain() {
        let feed = live()
        #expect(feed.takesLive(1, now: 0) && feed.takesLive(2, now: 0))
        feed.missed(2)
        #expect(feed.isBehind && !feed.takesLive(3, now: 0))
        #expect(feed.beginPage())
        #expect(read(feed, [1, 2, 3], last: 3) == [2, 3])
        #expect(!feed.isBehind)
    }

    @Test func whatThePageMayShowStillIsKnownUntilItIsSent() {
        let feed = live()
        #expect(feed.takesLive(1, now: 0))
        feed.fallBehind()
        #expect(feed.beginPage())
        feed.confirmed([1])
        #expect(read(feed, [1], last: 1) == [])
    }

    @Test func onlyWhatWasSentIsAcknowledged() {
        let feed = live()
        #expect(feed.takesLive(1, now: 0))
        #expect(!feed.took(9) && feed.took(1))
        #expect(feed.takeTaken() == [1] && feed.takeTaken() == [])
        feed.putBack([1])
        #expect(feed.takeTaken() == [1])
    }

    @Test func aDeviceThatAcknowledgesNothingIsSentOnlySoMuch() {
        let feed = live()
        let window = UInt64(InboxFeed.window)
        for number in 1...window { #expect(feed.takesLive(number, now: 0)) }
        #expect(!feed.takesLive(window + 1, now: 0))
        #expect(feed.isBehind && !feed.beginPage())
        #expect(feed.took(1))
        feed.confirmed([1])
        #expect(feed.beginPage())
    }

    @Test func aPageThatCannotBeReadIsReadAgain() {
        let feed = InboxFeed()
        #expect(feed.beginPage())
        feed.failPage()
        #expect(feed.isBehind && feed.beginPage())
    }
}
