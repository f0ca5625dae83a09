/// What a session machine must know. Times in milliseconds.
struct SessionSettings {
    var servers: [ServerAddress]
    var sessionTimeout = 10_000
    var connectTimeout = 3_000
    var closeTimeout = 2_000
    var maxRequests = 10_000
    var reconnectDelay = 50...1_000
    var seed: UInt64 = 0
}
