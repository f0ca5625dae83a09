// swift-tools-version: 6.1
import PackageDescription

// Rooms and their order are described in docs/architecture.md. Imports point one way:
// hpush -> Admin, ChatClient, Node -> PluginHost, Storage, Configuration -> Messaging -> WireProtocol, Reactor -> C.

let package = Package(
    name: "hpush",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "hpush", targets: ["hpush"]),
        .library(name: "HPushPieces", targets: ["Reactor", "WireProtocol", "Messaging", "PluginHost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.24.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.1.0"),
    ],
    targets: [
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),

        // C: what Swift cannot do well or at all. Each has one documented header.
        .target(name: "CReactor"),
        .target(name: "CWire"),
        .target(name: "CPluginBridge", dependencies: ["CLua", "CWire"]),

        // Bytes.
        .target(name: "Reactor", dependencies: ["CReactor"]),
        .target(
            name: "WireProtocol",
            dependencies: ["CWire", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),

        // Rules and state.
        .target(name: "Messaging", dependencies: ["WireProtocol"]),
        .target(name: "PluginHost", dependencies: ["CPluginBridge", "WireProtocol"]),
        .target(name: "Configuration", dependencies: [.product(name: "Yams", package: "Yams")]),
        .target(
            name: "Storage",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "_CryptoExtras", package: "swift-crypto"),
            ]),

        // Assembly.
        .target(
            name: "Node",
            dependencies: [
                "Configuration", "Messaging", "PluginHost", "Reactor", "Storage", "WireProtocol",
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "Admin",
            dependencies: [
                "Node",
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
            ]),
        .executableTarget(
            name: "hpush",
            dependencies: [
                "Admin", "ChatClient", "Configuration", "Node", "PluginHost", "Storage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // Tests, in rings: pure -> loopback -> real servers.
        .testTarget(name: "ReactorTests", dependencies: ["Reactor"]),
        .testTarget(name: "WireProtocolTests", dependencies: ["WireProtocol", "CWire"]),
        .testTarget(name: "PluginHostTests", dependencies: ["PluginHost"]),
        .testTarget(name: "ConfigurationTests", dependencies: ["Configuration"]),
        .testTarget(name: "StorageTests", dependencies: ["Storage"]),
        .testTarget(name: "ChatClientTests", dependencies: ["ChatClient"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
