/// What the command line asks for.
struct GeneratorOptions {
    var host = "127.0.0.1"
    var port: UInt16 = 0
    /// Where the second of each pair connects: another node of a cluster. 0: the same.
    var secondPort: UInt16 = 0
    /// An even number: they talk in pairs.
    var connections = 100
    /// Messages in flight a sender.
    var window = 1
    /// Bytes of content.
    var size = 64
    /// Seconds measured, and seconds before that.
    var duration = 5.0
    var warmup = 1.0
    /// The servers, for their CPU time; none: unknown.
    var processes: [Int] = []
    var label = ""
    /// Connections are opened in an order by which half of the pairs cross where a server's two loops take turns; else all of them do.
    var halfCrossing = false

    /// What carries the messages.
    enum Transport: String {
        case tcp, tls, websocket, wss

        var isSecure: Bool { self == .tls || self == .wss }
        var isWebSocket: Bool { self == .websocket || self == .wss }
    }
    var transport = Transport.tcp
    /// File with the authority of the server's certificate.
    var authorities = ""

    static let leastSize = 16

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Failure(description: "\(option) needs a value") }
            func number<T: LosslessStringConvertible & Comparable>(_ least: T) throws -> T {
                guard let number = T(value), number >= least else {
                    throw Failure(description: "\(option) is a number of at least \(least), not '\(value)'")
                }
                return number
            }
            switch option {
            case "--host": host = value
            case "--port": port = try number(1)
            case "--conns": connections = try number(2) / 2 * 2
            case "--window": window = try number(1)
            case "--size": size = try number(Self.leastSize)
            case "--duration": duration = try number(0.1)
            case "--warmup": warmup = try number(0)
            case "--second-port": secondPort = try number(1)
            case "--pid":
                processes = try value.split(separator: ",").map {
                    guard let number = Int($0), number > 0 else {
                        throw Failure(description: "--pid is numbers with commas between, not '\(value)'")
                    }
                    return number
                }
            case "--label": label = value
            case "--transport":
                guard let known = Transport(rawValue: value) else {
                    throw Failure(description: "--transport is tcp, tls, websocket or wss, not '\(value)'")
                }
                transport = known
            case "--ca": authorities = value
            case "--crossing":
                guard value == "half" else { throw Failure(description: "--crossing is half, not '\(value)'") }
                halfCrossing = true
            case "--mode":
                guard value == "chat" else { throw Failure(description: "this generator knows --mode chat only, not '\(value)'") }
            default: throw Failure(description: "unknown option '\(option)'")
            }
        }
        if port == 0 { throw Failure(description: "--port is missing") }
        if transport.isSecure, authorities.isEmpty { throw Failure(description: "--transport \(transport) needs --ca FILE") }
    }
}
