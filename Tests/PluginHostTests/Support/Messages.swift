import PluginHost
import WireProtocol

/// A message_request.
func chat(to: String = "bob", _ content: String = "hi", from: String = "", group: String = "", id: UInt64 = 1) -> WireMessage {
    var message = WireMessage()
    message.type = .messageRequest
    message.sequence = id
    message.messageRequest.msgID = id
    message.messageRequest.to = to
    message.messageRequest.from = from
    message.messageRequest.content = content
    message.messageRequest.group = group
    return message
}

/// A login_request.
func login(_ uid: String, token: String = "", device: String = "phone", platform: UInt32 = 1) -> WireMessage {
    var message = WireMessage()
    message.type = .loginRequest
    message.sequence = 1
    message.loginRequest.uid = uid
    message.loginRequest.token = token
    message.loginRequest.deviceID = device
    message.loginRequest.platform = platform
    return message
}
