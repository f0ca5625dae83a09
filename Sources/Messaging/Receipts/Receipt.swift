import WireProtocol

/// How a message ended for its sender: what the MESSAGE_RESPONSE says.
public struct Receipt: Sendable, Hashable {
    /// 0: accepted.
    public var code: UInt32
    /// For people; empty on success.
    public var info: String

    public init(code: UInt32, info: String) {
        self.code = code
        self.info = info
    }

    public init(_ code: ResultCode, _ info: String) { self.init(code: code.rawValue, info: info) }

    public static let success = Receipt(code: 0, info: "")

    public var isSuccess: Bool { code == 0 }

    /// A failure that may pass, so that the same message may be tried again: the rules failed, too many requests, unavailable.
    public var isTemporary: Bool {
        code == ResultCode.unknownError.rawValue || code == ResultCode.tooManyRequests.rawValue || code == ResultCode.unavailable.rawValue
    }
}
