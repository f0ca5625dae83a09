// swift-tools-version: 6.1
import PackageDescription

// Rooms and their order are described in docs/architecture.md. Imports point one way:
// hpush -> Admin, Gate, ChatClient, Node -> Cluster, PluginHost, MySQLStorage -> Storage, Configuration -> Messaging, RedisClient,
// ZooKeeperClient -> WireProtocol, Reactor -> C.

let package = Package(
    name: "hpush",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "hpush", targets: ["hpush"]),
        .library(name: "HPushPieces", targets: ["Reactor", "TLS", "WireProtocol", "Messaging", "PluginHost", "Cluster"]),
        .library(name: "HPushNode", targets: ["Node", "HPushConfiguration"]),
        .library(name: "RedisClient", targets: ["RedisClient", "Reactor"]),
        .library(name: "ZooKeeperClient", targets: ["ZooKeeperClient"]),
    ],
    traits: [
        .default(enabledTraits: ["MySQL"]),
        .trait(name: "MySQL", description: "store.driver mysql; needs libmariadb. Without it: --disable-default-traits"),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.24.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.1.0"),
    ],
    targets: [
        .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),

        // C: what Swift cannot do well or at all. Each has one documented header.
        .target(name: "CReactor"),
        .target(name: "CWire"),
        // OpenSSL, for connections of the reactor. HTTP has swift-nio-ssl.
        .target(name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        // Lua of liblua5.4-dev, its archive: calls into the shared library took a tenth of a message's rules. pkg-config would name that one.
        .target(
            name: "CPluginBridge", dependencies: ["CWire"],
            linkerSettings: [.linkedLibrary(":liblua5.4.a"), .linkedLibrary("m"), .linkedLibrary("dl")]),

        // How long things take, for metrics.
        .target(name: "Measures"),

        // Bytes.
        .target(name: "Reactor", dependencies: ["CReactor", "Measures"]),
        // Certificates, and what stands between a connection of the reactor and its socket.
        .target(name: "TLS", dependencies: ["CTLS", "Reactor"]),
        // Whose web pages may ask, by WebSocket and at the gate.
        .target(name: "Origins"),
        // Frames and handshake of RFC 6455, without input and output.
        .target(name: "WebSocket", dependencies: ["Origins", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "RedisClient",
            dependencies: ["Reactor", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "ZooKeeperClient",
            dependencies: [
                "Measures", "Reactor", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "WireProtocol",
            dependencies: ["CWire", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),

        // Rules and state.
        .target(name: "Messaging", dependencies: ["WireProtocol"]),
        .target(name: "PluginHost", dependencies: ["CPluginBridge", "WireProtocol"]),
        // Named so because a dependency of hummingbird has a module Configuration.
        .target(
            name: "HPushConfiguration", dependencies: [.product(name: "Yams", package: "Yams")],
            path: "Sources/Configuration"),
        .target(
            name: "Storage",
            dependencies: [
                "Measures",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "_CryptoExtras", package: "swift-crypto"),
            ]),
        // Accounts and messages in MySQL or MariaDB. Empty without the trait.
        .target(
            name: "MySQLStorage",
            dependencies: [
                .target(name: "CMariaDB", condition: .when(traits: ["MySQL"])), "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),

        // Many nodes as one: links between them, who is there, who is where.
        .target(
            name: "Cluster",
            dependencies: [
                "CWire", "Measures", "Reactor", "RedisClient", "ZooKeeperClient", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // What the gate signs and nodes check.
        .target(name: "Tokens", dependencies: [.product(name: "JWTKit", package: "jwt-kit")]),

        // Spans by swift-distributed-tracing, and their way to a collector.
        .target(
            name: "Spans",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),

        // Assembly.
        .target(
            name: "Node",
            dependencies: [
                "Cluster", "HPushConfiguration", "Measures", "Messaging", "MySQLStorage", "Origins", "PluginHost", "PluginRecording",
                "Reactor",
                "RedisClient", "Spans", "Storage", "TLS", "Tokens", "WebSocket", "WireProtocol",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),
        // What recordings of chains look like, and in what two runs of one differ: for the node and for the tools.
        .target(name: "PluginRecording", dependencies: ["CWire", "PluginHost", "WireProtocol"]),
        // A node in one thread with a clock that is moved: `hpush plugin test`, `bench` and `replay`.
        .target(
            name: "PluginTest",
            dependencies: [
                "CPluginBridge", "CWire", "Messaging", "Node", "PluginHost", "PluginRecording", "Storage", "WireProtocol",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        // HTTP for the gate and the admin API: routes, limits, errors as JSON.
        .target(
            name: "HTTPListener",
            dependencies: [
                "Origins", "Spans", "TLS",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ]),
        .target(
            name: "Gate",
            dependencies: [
                "HPushConfiguration", "HTTPListener", "Messaging", "Spans", "TLS", "Tokens",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "Admin",
            dependencies: [
                "HPushConfiguration", "HTTPListener", "Node", "TLS",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(
            name: "ChatClient",
            dependencies: [
                "WireProtocol",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]),
        // The console behind `hpush chat`: editor, screen and conversation, apart from the command that starts it.
        .target(
            name: "ChatConsole",
            dependencies: [
                "ChatClient", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        // Log lines to standard error. Named so because Logging is swift-log's.
        .target(
            name: "HPushLog", dependencies: [.product(name: "Logging", package: "swift-log")], path: "Sources/Log"),
        // What a supervisor such as systemd is told: ready, alive, stopping.
        .target(name: "Supervision", dependencies: [.product(name: "Logging", package: "swift-log")]),
        .executableTarget(
            name: "hpush",
            dependencies: [
                "Admin", "ChatClient", "ChatConsole", "Cluster", "Gate", "HPushConfiguration", "HPushLog", "HTTPListener", "Messaging",
                "Node",
                "PluginHost", "PluginRecording", "PluginTest", "Spans", "Storage", "Supervision", "TLS", "Tokens",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // Tests, in rings: pure -> loopback -> real servers.
        .testTarget(name: "MeasuresTests", dependencies: ["Measures"]),
        .testTarget(
            name: "SpansTests", dependencies: ["Spans", .product(name: "Tracing", package: "swift-distributed-tracing")]),
        // What tests of several rooms need: a blocking socket, a locked value, a folder, a port.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "TestSupport"]),
        .testTarget(name: "TLSTests", dependencies: ["Reactor", "TestSupport", "TLS"]),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["RedisClient", "Reactor", "TestSupport", .product(name: "Logging", package: "swift-log")]),
        .testTarget(
            name: "ZooKeeperClientTests",
            dependencies: ["ZooKeeperClient", "Reactor", "TestSupport", .product(name: "Logging", package: "swift-log")]),
        .testTarget(name: "WebSocketTests", dependencies: ["Origins", "WebSocket"]),
        .testTarget(name: "WireProtocolTests", dependencies: ["WireProtocol", "CWire"]),
        .testTarget(name: "PluginHostTests", dependencies: ["PluginHost", "CPluginBridge"]),
        .testTarget(name: "MessagingTests", dependencies: ["Messaging"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["HPushConfiguration"], resources: [.copy("Fixtures")]),
        .testTarget(name: "StorageTests", dependencies: ["MySQLStorage", "Storage", "TestSupport"]),
        .testTarget(name: "ClusterTests", dependencies: ["Cluster", "Reactor"]),
        .target(
            name: "FakeNode",
            dependencies: [
                "ChatClient", "WireProtocol", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/FakeNode"),
        .testTarget(
            name: "ChatClientTests",
            dependencies: [
                "ChatClient", "FakeNode", "WireProtocol", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "AdminTests",
            dependencies: [
                "Admin", "HPushConfiguration", "HTTPListener", "Node", "OpenAPI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .testTarget(
            name: "GateTests",
            dependencies: [
                "Gate", "HPushConfiguration", "HTTPListener", "Messaging", "OpenAPI", "Tokens",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        // Reads docs/openapi.yaml for the tests of both listeners.
        .target(name: "OpenAPI", dependencies: [.product(name: "Yams", package: "Yams")], path: "Tests/OpenAPI"),
        .testTarget(
            name: "NodeTests",
            dependencies: ["HPushConfiguration", "Messaging", "Node", "PluginHost", .product(name: "NIOHTTP1", package: "swift-nio")]),
        .testTarget(name: "PluginRecordingTests", dependencies: ["PluginHost", "PluginRecording", "WireProtocol"]),
        .testTarget(name: "PluginTestTests", dependencies: ["PluginTest", "PluginHost", "PluginRecording", "WireProtocol"]),
        .testTarget(name: "HPushLogTests", dependencies: ["HPushLog"], path: "Tests/LogTests"),
        .testTarget(name: "ChatConsoleTests", dependencies: ["ChatConsole", "ChatClient", "FakeNode", "WireProtocol"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
