import Foundation
import TestSupport
import Testing

@testable import ZooKeeperClient

/// Other languages' clients and ours with the same nodes.
@Suite struct InteropTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Interop/zookeeper").standardizedFileURL.path

    private func curator(_ arguments: [String], _ folder: TemporaryFolder) throws -> JavaProgram {
        for jar in ["curator-recipes.jar", "curator-framework.jar", "zookeeper.jar", "slf4j-simple.jar"] { try JavaProgram.require(jar) }
        let jars = ["curator-recipes", "curator-framework", "curator-client", "zookeeper", "slf4j-simple"]
        let classpath = jars.map { "\(JavaProgram.jars)/\($0).jar" }.joined(separator: ":")
        return try JavaProgram(
            [
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Dzookeeper.sasl.client=false", "-cp", classpath,
                "\(Self.folder)/CuratorCheck.java",
            ] + arguments, output: "\(folder.path)/\(arguments[0])")
    }

    private func finished(_ program: JavaProgram) async throws -> String {
        try await program.waitForExit(seconds: 60)
        return program.printed
    }

    @Test func curatorAndWeCountTogether() async throws {
        let test = try await TestClient.onShared()
        let server = try ZooKeeperServer.shared.get()
        let root = test.client.configuration.chroot
        let folder = try TemporaryFolder()
        let counter = AtomicLong(client: test.client, path: "/im/OnlineCounter")
        try await counter.add(1_000)
        let program = try curator(["increment", server.address, "\(root)/im/OnlineCounter", "300"], folder)
        var ours = 0
        while program.isRunning {
            try await counter.add(1, timeoutMilliseconds: 60_000)
            ours += 1
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(program.printed.contains("incremented 300"), "\(program.printed)")
        #expect(ours > 0)
        #expect(try await counter.get() == Int64(1_300 + ours))
        await test.close()
    }

    @Test func curatorReadsOurRegistration() async throws {
        let test = try await TestClient.onShared()
        let server = try ZooKeeperServer.shared.get()
        let folder = try TemporaryFolder()
        let json = #"{"id":0,"balance":3,"host":"127.0.0.1","port":7000}"#
        let registration = NodeRegistration(client: test.client, parent: "/im/nodes", prefix: "seq-", data: Array(json.utf8)) { _ in }
        registration.start()
        try await eventually { registration.current != nil }
        let program = try curator(["nodes", server.address, "\(test.client.configuration.chroot)/im/nodes"], folder)
        #expect(try await finished(program).contains("seq-0000000000 \(json)\n"))
        await test.close()
    }

    @Test func curatorLeadsAfterUs() async throws {
        let test = try await TestClient.onShared()
        let server = try ZooKeeperServer.shared.get()
        let folder = try TemporaryFolder()
        let latch = LeaderLatch(client: test.client, path: "/leader", id: "ours") { _ in }
        latch.start()
        try await eventually { latch.isLeader }
        let program = try curator(["lead", server.address, "\(test.client.configuration.chroot)/leader"], folder)
        try await eventually { try await latch.participants() == ["ours", "curator"] }
        #expect(!program.printed.contains("leads"))
        await latch.stop()
        #expect(try await finished(program).contains("leads"))
        await test.close()
    }

    @Test func kazooSeesWhatWeWriteAndWeWhatItDoes() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        let root = client.configuration.chroot
        try await client.addAuth(.digest(user: "ann", password: "secret"))
        try await client.create("/nodes")
        try await client.create("/nodes/seq-", data: Array("one".utf8), mode: .ephemeralSequential)
        try await client.create("/secret", data: Array("hidden".utf8), acl: .creatorAll)
        try await client.create("/touched")
        let events = Locked<[WatchEvent]>([])
        _ = try await client.getData("/touched", watch: { event in events.change { $0.append(event) } })

        guard FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/kazoo") else {
            throw MissingProgram(name: "python3-kazoo")
        }
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = ["\(Self.folder)/kazoo_check.py", try ZooKeeperServer.shared.get().address, root]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        try await eventually { !python.isRunning }
        let printed = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(
            printed
                == #"{"nodes": {"seq-0000000000": {"data": "one", "ephemeral": true}}, "refused": true, "secret": "hidden"}"# + "\n")
        try await eventually { events.value == [WatchEvent(.dataChanged, path: "/touched")] }
        #expect(try await client.getData("/touched").data == Array("by kazoo".utf8))
        #expect(try await client.getData("/nodes/kazoo-0000000001").data == Array("hello".utf8))
        await test.close()
    }
}
