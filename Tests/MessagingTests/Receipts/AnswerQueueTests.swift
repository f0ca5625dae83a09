import Messaging
import Testing

@Suite struct AnswerQueueTests {
    private let failure = Receipt(.unavailable, "not reachable now")

    @Test func answersComeOutInTheOrderOfTheRequests() {
        var queue = AnswerQueue()
        let tickets = (1...3).map { queue.open(sequence: $0, messageID: $0 + 100) }
        queue.settle(tickets[2], .success, serverID: 33)
        queue.settle(tickets[1], failure, serverID: 22)
        #expect(queue.next() == nil, "the first one is not known")
        queue.settle(tickets[0], .success, serverID: 11)
        #expect(queue.next() == .init(sequence: 1, messageID: 101, serverID: 11, receipt: .success))
        #expect(queue.next() == .init(sequence: 2, messageID: 102, serverID: 22, receipt: failure))
        #expect(queue.next() == .init(sequence: 3, messageID: 103, serverID: 33, receipt: .success))
        #expect(queue.next() == nil && queue.count == 0)
    }

    @Test func theFirstAnswerCounts() {
        var queue = AnswerQueue()
        let ticket = queue.open(sequence: 1, messageID: 1)
        queue.settle(ticket, failure, serverID: 1)
        queue.settle(ticket, .success, serverID: 2)
        #expect(queue.next()?.receipt == failure)
        queue.settle(ticket, .success, serverID: 2)
        queue.settle(ticket + 1, .success, serverID: 2)
        #expect(queue.next() == nil)
    }

    @Test func ticketsStayRightOverManyRequests() {
        var queue = AnswerQueue()
        var open: [(UInt64, UInt64)] = []
        var answered: UInt64 = 0
        for sequence in UInt64(1)...10_000 {
            open.append((queue.open(sequence: sequence, messageID: 0), sequence))
            if sequence % 7 == 0 {
                for (ticket, sequence) in open.reversed() { queue.settle(ticket, .success, serverID: sequence) }
                open = []
                while let answer = queue.next() {
                    answered += 1
                    #expect(answer.sequence == answered && answer.serverID == answered)
                }
            }
        }
        #expect(answered == 9996 && queue.count == 4)
    }

    @Test func givingUpGivesWhatIsKnown() {
        var queue = AnswerQueue()
        let tickets = (1...3).map { queue.open(sequence: $0, messageID: 0) }
        queue.settle(tickets[1], .success, serverID: 2)
        #expect(queue.abandon().map(\.sequence) == [2])
        #expect(queue.count == 0)
        queue.settle(tickets[0], .success, serverID: 1)
        #expect(queue.next() == nil)
        let later = queue.open(sequence: 4, messageID: 0)
        queue.settle(later, .success, serverID: 4)
        #expect(queue.next()?.sequence == 4)
    }
}
