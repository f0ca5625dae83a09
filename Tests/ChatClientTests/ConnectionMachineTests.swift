import Testing
import WireProtocol

@testable import ChatClient

@Suite struct ConnectionMachineTests {
    private func message(_ type: WireHeadType, sequence: UInt64 = 1) -> WireMessage {
        var message = WireMessage()
        message.type = type
        message.sequence = sequence
        return message
    }

    private func online() -> ConnectionMachine {
        var machine = ConnectionMachine()
        machine.sent(message(.loginRequest))
        var answer = message(.loginResponse)
        answer.loginResponse.result = true
        _ = machine.received(answer, isAwaited: true)
        return machine
    }

    @Test func anAcceptedLoginIsASession() {
        var machine = ConnectionMachine()
        machine.sent(message(.loginRequest))
        var answer = message(.loginResponse)
        answer.sessionID = "abc"
        answer.loginResponse.result = true
        answer.loginResponse.capabilities = 1
        let session = ChatSession(id: "abc", capabilities: .receipts)
        #expect(machine.received(answer, isAwaited: true) == .loggedIn(session, sequence: 1, answer))
    }

    @Test func aRefusedLoginIsTheReasonOfTheClose() {
        var machine = ConnectionMachine()
        machine.sent(message(.loginRequest))
        var answer = message(.loginResponse)
        answer.loginResponse.code = 1
        answer.loginResponse.info = "wrong password"
        #expect(machine.received(answer, isAwaited: true) == .answer(sequence: 1, answer))
        #expect(machine.closed() == .loginRefused(code: 1, info: "wrong password"))
    }

    @Test func threeSilentHeartbeatsClose() {
        var machine = online()
        guard case .send(let beat) = machine.heartbeatDue() else {
            Issue.record("no heartbeat")
            return
        }
        #expect(beat.type == .heartBeat && beat.heartBeat.seq == 1)
        _ = machine.heartbeatDue()
        #expect(machine.heartbeatDue() == .close(.silent))
        #expect(machine.closed() == .silent)
    }

    @Test func anythingReceivedBreaksTheSilence() {
        var machine = online()
        for _ in 0..<10 {
            guard case .send(let beat) = machine.heartbeatDue() else {
                Issue.record("closed")
                return
            }
            #expect(machine.received(beat, isAwaited: false) == .none)
        }
    }

    @Test func answersNobodyWaitsForAreEvents() {
        var machine = online()
        var answer = message(.messageResponse, sequence: 9)
        answer.messageResponse.code = 6
        answer.messageResponse.msgID = 4
        #expect(
            machine.received(answer, isAwaited: false)
                == .emit(.failure(ChatAnswer(code: 6, info: "", sequence: 9, messageID: 4))))
        #expect(machine.received(answer, isAwaited: true) == .answer(sequence: 9, answer))
    }

    @Test func aLogoutResponseUnaskedIsTheNodesWish() {
        var machine = online()
        #expect(machine.received(message(.logoutResponse), isAwaited: false) == .close(.endedByNode(info: "")))
        #expect(machine.closed().isFinal)
    }

    @Test func aCloseAfterALogoutIsNoLoss() {
        var machine = online()
        machine.sent(message(.logoutRequest))
        #expect(machine.closed() == .loggedOut)
    }

    @Test func typesOfLaterNodesAreIgnored() {
        var machine = online()
        #expect(machine.received(message(.UNRECOGNIZED(77)), isAwaited: false) == .none)
    }
}
