import Testing

@testable import ZooKeeperClient

/// A session's story, told with a clock that is a number.
@Suite struct SessionMachineTests {
    private typealias Machine = SessionMachine<String>

    private let servers = [ServerAddress(host: "a"), ServerAddress(host: "b"), ServerAddress(host: "c")]

    private func machine(maxRequests: Int = 100, servers: Int = 3) -> Machine {
        Machine(
            SessionSettings(
                servers: Array(self.servers.prefix(servers)), sessionTimeout: 9_000, connectTimeout: 3_000, maxRequests: maxRequests,
                reconnectDelay: 50...1_000, seed: 1))
    }

    private func response(_ timeout: Int32 = 6_000, session: Int64 = 77, readOnly: Bool = false) -> ConnectResponse {
        ConnectResponse(timeoutMilliseconds: timeout, sessionID: session, password: [1, 2, 3], isReadOnly: readOnly)
    }

    /// Connected at 1,000 with session 77 and a timeout of 6 s.
    private func connected(maxRequests: Int = 100) -> Machine {
        var machine = machine(maxRequests: maxRequests)
        machine.start(now: 1_000)
        _ = machine.tick(now: 1_000)
        _ = machine.opened(now: 1_000)
        _ = machine.answered(response(), now: 1_000)
        return machine
    }

    private func isConnect(_ tick: Machine.Tick) -> ServerAddress? {
        if case .connect(let server, _) = tick { server } else { nil }
    }

    @Test func connectsAndNegotiates() {
        var machine = machine()
        #expect(machine.nextDeadline == nil)
        machine.start(now: 1_000)
        #expect(machine.nextDeadline == 1_000)
        #expect(machine.tick(now: 1_000) == .connect(machine.servers[0], timeout: 3_000))
        #expect(machine.tick(now: 1_000) == .nothing)
        #expect(
            machine.opened(now: 1_010)
                == ConnectRequest(lastZxid: 0, timeoutMilliseconds: 9_000, sessionID: 0, password: [UInt8](repeating: 0, count: 16)))
        #expect(machine.state == .connecting)
        guard case .established(isNew: true) = machine.answered(response(), now: 1_020) else {
            Issue.record("not established")
            return
        }
        #expect(machine.state == .connected(sessionID: 77, timeoutMilliseconds: 6_000))
    }

    @Test func pingsAtAThirdAndGivesUpAtTwoThirdsOfSilence() {
        var machine = connected()
        #expect(machine.nextDeadline == 3_000)
        #expect(machine.tick(now: 2_999) == .nothing)
        #expect(machine.tick(now: 3_000) == .ping)
        #expect(machine.tick(now: 3_000) == .nothing)
        guard case .pong = machine.reply(ReplyHeader(xid: -2, zxid: 5, error: 0), now: 3_010) else {
            Issue.record("no pong")
            return
        }
        #expect(machine.tick(now: 5_000) == .ping)
        // 2/3 of 6 s after the last byte.
        #expect(machine.tick(now: 7_009) == .ping)
        #expect(machine.tick(now: 7_010) == .drop(.silence))
        _ = machine.lost(.silence, now: 7_010)
        #expect(machine.state == .disconnected(.silence))
    }

    @Test func aRequestIsAsGoodAsAPing() {
        var machine = connected()
        #expect(machine.submit("one", timeout: 10_000, now: 2_900) == .send(xid: 1))
        #expect(machine.tick(now: 3_000) == .nothing)
        _ = machine.reply(ReplyHeader(xid: 1, zxid: 9, error: 0), now: 2_950)
        #expect(machine.tick(now: 4_900) == .ping)
    }

    @Test func answersComeInOrder() {
        var machine = connected()
        #expect(machine.submit("one", timeout: 1_000, now: 1_100) == .send(xid: 1))
        #expect(machine.submit("two", timeout: 1_000, now: 1_100) == .send(xid: 2))
        guard case .answer("one") = machine.reply(ReplyHeader(xid: 1, zxid: 100, error: 0), now: 1_200) else {
            Issue.record("not the first")
            return
        }
        #expect(machine.lastZxid == 100)
        guard case .outOfOrder = machine.reply(ReplyHeader(xid: 3, zxid: 101, error: 0), now: 1_200) else {
            Issue.record("an answer to nothing was taken")
            return
        }
        #expect(machine.lost(.protocolError("order"), now: 1_200).unanswered == ["two"])
    }

    @Test func aNotificationDoesNotMoveTheZxidBack() {
        var machine = connected()
        _ = machine.submit("one", timeout: 1_000, now: 1_000)
        _ = machine.reply(ReplyHeader(xid: 1, zxid: 100, error: 0), now: 1_000)
        guard case .notification = machine.reply(ReplyHeader(xid: -1, zxid: -1, error: 0), now: 1_000) else {
            Issue.record("no notification")
            return
        }
        #expect(machine.lastZxid == 100)
    }

    @Test func theSameSessionMovesToAnotherServer() {
        var machine = connected()
        _ = machine.submit("lost", timeout: 1_000, now: 1_500)
        _ = machine.reply(ReplyHeader(xid: -2, zxid: 42, error: 0), now: 1_500)
        #expect(machine.lost(.closedByServer, now: 1_600).unanswered == ["lost"])
        #expect(machine.state == .disconnected(.closedByServer))
        #expect(machine.submit("later", timeout: 5_000, now: 1_600) == .wait)

        let due = machine.nextDeadline ?? 0
        #expect((1_600...1_650).contains(due))
        #expect(isConnect(machine.tick(now: due)) == machine.servers[1])
        #expect(
            machine.opened(now: due)
                == ConnectRequest(lastZxid: 42, timeoutMilliseconds: 9_000, sessionID: 77, password: [1, 2, 3]))
        guard case .established(isNew: false) = machine.answered(response(), now: due) else {
            Issue.record("not the same session")
            return
        }
        let next = machine.nextWaiting(now: due)
        #expect(next?.xid == 2)
        #expect(next?.context == "later")
        #expect(machine.nextWaiting(now: due) == nil)
    }

    @Test func anExpiredSessionIsToldApartAndANewOneBegins() {
        var machine = connected()
        _ = machine.reply(ReplyHeader(xid: -2, zxid: 42, error: 0), now: 1_500)
        _ = machine.lost(.closedByServer, now: 1_600)
        _ = machine.submit("for the old session", timeout: 5_000, now: 1_600)
        let due = machine.nextDeadline ?? 0
        _ = machine.tick(now: due)
        _ = machine.opened(now: due)
        guard case .expired(let failed) = machine.answered(response(0, session: 0), now: due + 5) else {
            Issue.record("not expired")
            return
        }
        #expect(failed == ["for the old session"])
        #expect(machine.state == .expired)
        #expect(isConnect(machine.tick(now: due + 5)) != nil)
        #expect(machine.state == .connecting)
        #expect(machine.opened(now: due + 5).sessionID == 0)
        guard case .established(isNew: true) = machine.answered(response(session: 78), now: due + 6) else {
            Issue.record("no new session")
            return
        }
        #expect(machine.state.sessionID == 78)
    }

    @Test func aReadOnlyServerIsRefusedAndTheNextOneTried() {
        var machine = machine()
        machine.start(now: 0)
        _ = machine.tick(now: 0)
        _ = machine.opened(now: 0)
        guard case .unusable(.readOnlyServer) = machine.answered(response(readOnly: true), now: 1) else {
            Issue.record("a read-only server was taken")
            return
        }
        _ = machine.lost(.readOnlyServer, now: 1)
        #expect(machine.state == .connecting)
        #expect(isConnect(machine.tick(now: machine.nextDeadline ?? 0)) == machine.servers[1])
    }

    @Test func aServerThatDoesNotAnswerIsLeft() {
        var machine = machine()
        machine.start(now: 0)
        _ = machine.tick(now: 0)
        #expect(machine.tick(now: 2_999) == .nothing)
        #expect(machine.tick(now: 3_000) == .drop(.unreachable("no connection in time")))
        _ = machine.lost(.unreachable(""), now: 3_000)
        _ = machine.tick(now: machine.nextDeadline ?? 0)
        _ = machine.opened(now: 3_100)
        #expect(machine.tick(now: 6_100) == .drop(.handshakeTimeout))
    }

    @Test func afterARoundThePausesGrow() {
        var machine = machine()
        machine.start(now: 0)
        var now = 0
        var pauses: [Int] = []
        var tried: [ServerAddress] = []
        for _ in 0..<30 {
            if let server = isConnect(machine.tick(now: now)) { tried.append(server) }
            _ = machine.lost(.unreachable("refused"), now: now)
            let due = machine.nextDeadline ?? 0
            pauses.append(due - now)
            now = due
        }
        #expect(tried.count == 30)
        #expect(Set(tried.prefix(3)).count == 3)
        #expect(tried[3] == tried[0])
        #expect(pauses[0] <= 50 && pauses[1] <= 50)
        #expect(pauses[2...].allSatisfy { $0 >= 50 })
        #expect(pauses.suffix(10).allSatisfy { (500...1_000).contains($0) })
        #expect(Set(pauses.suffix(10)).count > 3)
    }

    @Test func clientsShuffleTheServersEachForItself() {
        let orders = (0..<20).map { seed in
            Machine(SessionSettings(servers: servers, seed: seed)).servers.map(\.host).joined()
        }
        #expect(Set(orders).count > 3)
    }

    @Test func requestsTimeOutWhetherSentOrWaiting() {
        var machine = connected()
        _ = machine.submit("slow", timeout: 500, now: 1_000)
        _ = machine.submit("patient", timeout: 5_000, now: 1_000)
        #expect(machine.nextDeadline == 1_500)
        #expect(machine.timedOut(now: 1_499) == [])
        #expect(machine.timedOut(now: 1_500) == ["slow"])
        #expect(machine.timedOut(now: 1_500) == [])
        // Its answer still comes, before the next one's.
        guard case .late = machine.reply(ReplyHeader(xid: 1, zxid: 1, error: 0), now: 1_600) else {
            Issue.record("not late")
            return
        }
        guard case .answer("patient") = machine.reply(ReplyHeader(xid: 2, zxid: 1, error: 0), now: 1_600) else {
            Issue.record("no answer")
            return
        }
        _ = machine.lost(.closedByServer, now: 2_000)
        #expect(machine.submit("waits", timeout: 300, now: 2_000) == .wait)
        #expect(machine.timedOut(now: 2_300) == ["waits"])
        #expect(machine.requestCount == 0)
    }

    @Test func noMoreThanSoManyAreTaken() {
        var machine = connected(maxRequests: 2)
        #expect(machine.submit("one", timeout: 500, now: 1_000) == .send(xid: 1))
        #expect(machine.submit("two", timeout: 500, now: 1_000) == .send(xid: 2))
        #expect(machine.submit("three", timeout: 500, now: 1_000) == .refuse(.tooManyRequests))
        // One whose answer may still come keeps its place.
        _ = machine.timedOut(now: 2_000)
        #expect(machine.submit("three", timeout: 500, now: 2_000) == .refuse(.tooManyRequests))
        _ = machine.reply(ReplyHeader(xid: 1, zxid: 1, error: 0), now: 2_000)
        #expect(machine.submit("three", timeout: 500, now: 2_000) == .send(xid: 3))
    }

    @Test func closesAfterWhatWasAskedBefore() {
        var machine = connected()
        _ = machine.submit("before", timeout: 500, now: 1_000)
        guard case .send(xid: 2, dropped: []) = machine.close(now: 1_000) else {
            Issue.record("no good-bye")
            return
        }
        #expect(machine.submit("after", timeout: 500, now: 1_000) == .refuse(.closed))
        guard case .answer("before") = machine.reply(ReplyHeader(xid: 1, zxid: 1, error: 0), now: 1_010) else {
            Issue.record("no answer")
            return
        }
        guard case .sessionClosed = machine.reply(ReplyHeader(xid: 2, zxid: 2, error: 0), now: 1_020) else {
            Issue.record("not closed")
            return
        }
        #expect(machine.lost(.closedByServer, now: 1_020).isClosed)
        #expect(machine.state == .closed)
        #expect(machine.nextDeadline == nil)
    }

    @Test func closingDoesNotWaitForEver() {
        var machine = connected()
        _ = machine.submit("unanswered", timeout: 50_000, now: 1_000)
        _ = machine.close(now: 1_000)
        #expect(machine.tick(now: 2_999) == .nothing)
        #expect(machine.tick(now: 3_000) == .drop(.silence))
        let loss = machine.lost(.silence, now: 3_000)
        #expect(loss.isClosed)
        #expect(loss.unanswered == ["unanswered"])
    }

    @Test func aConnectionLostBeforeTheGoodByeIsConfirmedIsFollowedByAnother() {
        var machine = connected()
        _ = machine.close(now: 1_000)
        #expect(!machine.lost(.closedByServer, now: 1_001).isClosed)
        #expect(machine.state == .disconnected(.closedByServer))
        #expect(machine.submit("after", timeout: 500, now: 1_001) == .refuse(.closed))
        let due = machine.nextDeadline ?? .max
        #expect(due <= 1_051)
        #expect(isConnect(machine.tick(now: due)) != nil)
        #expect(machine.opened(now: due).sessionID == 77)
        // The server had got it: the session is over, and there is nothing more to say.
        guard case .expired([]) = machine.answered(response(0), now: due), case .closed(dropped: []) = machine.close(now: due) else {
            Issue.record("not closed")
            return
        }
        #expect(machine.state == .closed)
    }

    @Test func closingWithoutConnectionIsOverAtOnce() {
        var machine = machine()
        machine.start(now: 0)
        _ = machine.submit("waits", timeout: 500, now: 0)
        guard case .closed(dropped: ["waits"]) = machine.close(now: 0) else {
            Issue.record("not closed")
            return
        }
        #expect(machine.state == .closed)
        #expect(machine.tick(now: 10) == .nothing)
    }

    @Test func aSessionWithoutConnectionGetsOneToBeClosed() {
        var machine = connected()
        _ = machine.lost(.closedByServer, now: 2_000)
        _ = machine.submit("waits", timeout: 5_000, now: 2_000)
        guard case .reconnect(dropped: ["waits"]) = machine.close(now: 2_001) else {
            Issue.record("given up")
            return
        }
        #expect(machine.submit("after", timeout: 500, now: 2_001) == .refuse(.closed))
        #expect(isConnect(machine.tick(now: 2_001)) != nil)
        #expect(machine.opened(now: 2_002).sessionID == 77)
        guard case .established = machine.answered(response(), now: 2_003) else {
            Issue.record("not established")
            return
        }
        // Nobody is told of a connection that is only there to be closed.
        #expect(machine.state == .disconnected(.closedByServer))
        guard case .send = machine.close(now: 2_003) else {
            Issue.record("no good-bye")
            return
        }
        _ = machine.reply(ReplyHeader(xid: machine.closeXid, zxid: 2, error: 0), now: 2_010)
        #expect(machine.lost(.closedByServer, now: 2_010).isClosed)
        #expect(machine.state == .closed)
    }

    @Test func butNotForEver() {
        var machine = connected()
        _ = machine.lost(.closedByServer, now: 2_000)
        _ = machine.close(now: 2_000)
        var now = 2_000
        var isClosed = false
        while !isClosed, now < 10_000 {
            switch machine.tick(now: now) {
            case .connect: isClosed = machine.lost(.unreachable("refused"), now: now).isClosed
            case .drop(let reason): isClosed = machine.lost(reason, now: now).isClosed
            default: now = machine.nextDeadline ?? .max
            }
        }
        #expect(isClosed)
        #expect(now == 4_000)
        #expect(machine.state == .closed)
        #expect(machine.nextDeadline == nil)
    }

    @Test func theLeaseCountsFromWhenTheServerWasAskedNotFromItsAnswer() {
        var machine = connected()
        #expect(machine.lease(now: 1_000) == 6_000)
        _ = machine.submit("one", timeout: 50_000, now: 2_000)
        // A process that stood still for long reads an old answer: it proves nothing about now.
        _ = machine.reply(ReplyHeader(xid: 1, zxid: 1, error: 0), now: 20_000)
        #expect(machine.lease(now: 20_000) == 0)
        _ = machine.tick(now: 20_000)
        _ = machine.reply(ReplyHeader(xid: -2, zxid: 1, error: 0), now: 20_010)
        #expect(machine.lease(now: 20_010) == 5_990)
    }

    @Test func aConnectionThatBreaksAtOnceIsNotTriedWithoutPause() {
        var machine = machine(servers: 1)
        machine.start(now: 0)
        var now = 0
        for _ in 0..<10 {
            _ = machine.tick(now: now)
            _ = machine.opened(now: now)
            _ = machine.answered(response(), now: now)
            _ = machine.lost(.closedByServer, now: now)
            now = machine.nextDeadline ?? 0
        }
        #expect(now > 3_000)
    }

    /// Servers that came back without their data are behind the client, and refuse it without a word, for ever.
    @Test func whenAllRefuseForLongTheClientGivesUpWhatItHasSeen() {
        var machine = connected()
        _ = machine.reply(ReplyHeader(xid: -2, zxid: 42, error: 0), now: 1_500)
        _ = machine.lost(.closedByServer, now: 2_000)
        var claimed: [(at: Int, zxid: Int64)] = []
        var now = machine.nextDeadline ?? 0
        for _ in 0..<60 {
            _ = machine.tick(now: now)
            claimed.append((now, machine.opened(now: now).lastZxid))
            _ = machine.lost(.closedByServer, now: now)
            now = machine.nextDeadline ?? 0
        }
        #expect(claimed.allSatisfy { $0.zxid == ($0.at > 2_000 + 12_000 ? 0 : 42) })
        #expect(claimed.contains { $0.zxid == 0 } && claimed.contains { $0.zxid == 42 })
        // Its own session it still claims.
        _ = machine.tick(now: now)
        #expect(machine.opened(now: now).sessionID == 77)
    }

    @Test func xidsStayPositive() {
        var machine = connected()
        machine.lastXid = .max - 1
        #expect(machine.submit("a", timeout: 1, now: 1_000) == .send(xid: .max))
        #expect(machine.submit("b", timeout: 1, now: 1_000) == .send(xid: 1))
    }
}
