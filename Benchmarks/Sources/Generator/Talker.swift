import CWire
import Reactor

/// One user: logs in, sends to its partner, and checks that what the partner sends arrives whole and in order. Loop-only.
final class Talker: ConnectionDelegate {
    let name: [UInt8]
    /// It connects to the second port.
    let isSecond: Bool
    private let partnerName: [UInt8]
    private unowned let run: LoadRun
    private(set) var connection: Connection?
    private var number: UInt64 = 0
    private var expected: UInt64 = 0
    /// Its next message, of which only the number changes.
    private var frame = [UInt8](repeating: 0, count: 0)
    private var numberOffset = 0
    /// Whether frames go in WebSocket frames, and whether that has been agreed on.
    private let isWebSocket: Bool
    private var hasShaken = false
    weak var partner: Talker?

    init(_ index: Int, _ run: LoadRun) {
        name = Array("g\(index)".utf8)
        partnerName = Array("g\(index ^ 1)".utf8)
        isSecond = run.options.secondPort != 0 && index & 1 == 1
        self.run = run
        isWebSocket = run.options.transport.isWebSocket
    }

    func logIn(_ connection: Connection) {
        self.connection = connection
        let content = [UInt8](repeating: UInt8(ascii: "#"), count: run.options.size)
        frame = carried(WireFrame.build(UInt32(HP_MESSAGE_REQUEST.rawValue), ["from": name, "to": partnerName, "content": content]))
        numberOffset = (frame.firstIndex(of: UInt8(ascii: "#")) ?? 0)
        if isWebSocket { write(WebSocketCarrier.request) } else { sendLogin() }
    }

    private func sendLogin() {
        let device = Array("d0".utf8)
        let token = Array("token".utf8)
        write(carried(WireFrame.build(UInt32(HP_LOGIN_REQUEST.rawValue), ["uid": name, "deviceId": device, "token": token])))
    }

    private func carried(_ frame: [UInt8]) -> [UInt8] { isWebSocket ? WebSocketCarrier.carry(frame) : frame }

    func send() {
        var rest = number
        number += 1
        run.result.sent += 1
        for digit in 0..<GeneratorOptions.leastSize {
            let nibble = UInt8(truncatingIfNeeded: rest) & 15
            frame[numberOffset + GeneratorOptions.leastSize - 1 - digit] = UInt8(ascii: "A") + nibble
            rest >>= 4
        }
        write(frame)
    }

    private func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { connection?.write($0) } }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        if isWebSocket { return receivedByWebSocket(bytes) }
        var offset = 0
        while offset < bytes.count, let base = bytes.baseAddress {
            var length: UInt32 = 0
            let status = hp_frame_read((base + offset).assumingMemoryBound(to: UInt8.self), bytes.count - offset, 1 << 20, &length)
            if status == HP_FRAME_PARTIAL { return offset }
            guard status == HP_FRAME_COMPLETE else {
                run.result.corrupt += 1
                connection.close(afterFlush: false, reason: .refused)
                return bytes.count
            }
            take(UnsafeRawBufferPointer(start: base + offset + Int(HP_FRAME_HEAD), count: Int(length)))
            offset += Int(length) + Int(HP_FRAME_HEAD)
        }
        return offset
    }

    private func receivedByWebSocket(_ bytes: UnsafeRawBufferPointer) -> Int {
        var offset = 0
        if !hasShaken {
            guard let end = WebSocketCarrier.answerEnd(bytes) else { return 0 }
            hasShaken = true
            offset = end
            sendLogin()
        }
        while let (start, count) = WebSocketCarrier.front(bytes, offset) {
            take(UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            offset = start + count
        }
        return offset
    }

    private func take(_ body: UnsafeRawBufferPointer) {
        var envelope = hp_envelope()
        let base = body.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard hp_scan(base, body.count, &envelope) == HP_SCAN_OK, let base else {
            run.result.corrupt += 1
            return
        }
        if envelope.type == HP_LOGIN_RESPONSE.rawValue { return run.loggedIn(envelope.session_id.length > 0) }
        guard envelope.type == HP_MESSAGE_REQUEST.rawValue, let field = WireFrame.content else {
            run.result.corrupt += 1
            return
        }
        var value = hp_field_value()
        hp_field_read(base + Int(envelope.inner.offset), Int(envelope.inner.length), field, &value)
        guard value.length == run.options.size, let content = value.bytes else {
            run.result.corrupt += 1
            return
        }
        var got: UInt64 = 0
        for digit in 0..<GeneratorOptions.leastSize { got = got << 4 | UInt64((content[digit] &- UInt8(ascii: "A")) & 15) }
        if got != expected { run.result.reordered += 1 }
        expected = got + 1
        run.arrived()
        if run.isSending { partner?.send() }
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        self.connection = nil
        run.closed()
    }
}
