import SwiftProtobuf
import WireProtocol

extension WireMessage {
    /// All inner messages by their numbers in `Message`; an absent one is an empty message, as protobuf has it.
    var allInner: [UInt32: any SwiftProtobuf.Message] {
        [
            4: loginRequest, 5: loginResponse, 6: messageRequest, 7: messageResponse, 8: notification, 9: heartBeat,
            16: ack, 17: syncRequest, 18: syncResponse, 19: custom,
        ]
    }

    /// The number of the enum as C has it.
    var rawType: UInt32 { UInt32(bitPattern: Int32(truncatingIfNeeded: type.rawValue)) }
}

extension SwiftProtobuf.Message {
    var withoutUnknownFields: Self {
        var copy = self
        copy.unknownFields = UnknownStorage()
        return copy
    }
}
