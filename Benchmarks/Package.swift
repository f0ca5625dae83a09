// swift-tools-version: 6.1
import PackageDescription

// The pieces of the data path measured one by one, a node to be measured whole, and a load generator for machines without another one.
// `make bench` runs them (docs/performance.md).
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "hpush", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        // Replaces malloc in the program it is linked into.
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "PiecesBenchmark", dependencies: ["CAllocationCount", .product(name: "HPushPieces", package: "hpush")]),
        .executableTarget(
            name: "BenchNode",
            dependencies: [.product(name: "HPushNode", package: "hpush"), .product(name: "Logging", package: "swift-log")]),
        // The C program it is compared with is in zookeeper/.
        .executableTarget(
            name: "ZooKeeperReads",
            dependencies: [
                .product(name: "HPushPieces", package: "hpush"), .product(name: "ZooKeeperClient", package: "hpush"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // The C program it is compared with is in redis/.
        .executableTarget(
            name: "RedisGets",
            dependencies: [.product(name: "RedisClient", package: "hpush"), .product(name: "Logging", package: "swift-log")]),
        .executableTarget(name: "Generator", dependencies: [.product(name: "HPushPieces", package: "hpush")]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
