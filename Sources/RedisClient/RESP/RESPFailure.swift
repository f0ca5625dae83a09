/// The bytes are not Redis's protocol, or more than `RESPLimits` allow.
struct RESPFailure: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
