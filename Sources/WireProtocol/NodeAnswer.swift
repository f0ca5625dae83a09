import CWire

/// Head types of what a node says of itself, with no word of a user in it.
package enum NodeAnswer {
    package static func isOne(_ headType: UInt32) -> Bool {
        switch hp_head_type(headType) {
        case HP_LOGIN_RESPONSE, HP_LOGOUT_RESPONSE, HP_MESSAGE_RESPONSE: true
        default: false
        }
    }
}
