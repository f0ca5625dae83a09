import Testing

@testable import ZooKeeperClient

@Suite struct NodePathTests {
    @Test(arguments: ["/", "/a", "/a/b", "/a.b/..c", "/\u{20ac}"]) func takes(_ path: String) throws {
        try NodePath.validate(path)
    }

    @Test(arguments: ["", "a", "/a/", "//", "/a//b", "/.", "/a/..", "/a/./b", "/a\u{0}", "/a\n"]) func refuses(_ path: String) {
        let error = #expect(throws: ZooKeeperError.self) { try NodePath.validate(path) }
        #expect(error?.code == .badArguments)
        #expect(error?.path == path)
    }

    @Test func aSequentialPathMayEndInASlash() throws {
        try NodePath.validate("/a/", sequential: true)
        #expect(throws: ZooKeeperError.self) { try NodePath.validate("/a//", sequential: true) }
    }

    @Test func pieces() {
        #expect(NodePath.parent("/a/b") == "/a")
        #expect(NodePath.parent("/a") == "/")
        #expect(NodePath.parent("/") == nil)
        #expect(NodePath.name("/a/b") == "b")
        #expect(NodePath.child("b", of: "/") == "/b")
        #expect(NodePath.sequence("/im/nodes/seq-0000000042") == 42)
        #expect(NodePath.sequence("/im/nodes/seq-42") == nil)
    }

    @Test func digestsAreZooKeepers() {
        // From ZooKeeper's own DigestAuthenticationProvider.
        #expect(DigestID.make(user: "super", password: "test") == "super:D/InIHSb7yEEbrWz8b9l71RjZJU=")
        #expect(DigestID.base64(SHA1.hash([])) == "2jmj7l5rSw0yVb/vlWAYkK/YBwk=")
        #expect(DigestID.base64(SHA1.hash(Array(repeating: 0x61, count: 64))) == "AJi6gktcFkJ716ESKlpEKiXsZE0=")
    }

    @Test func connectStrings() throws {
        let configuration = try ZooKeeperConfiguration(connectString: "a,b:2182,[::1]:2183/im/x")
        #expect(
            configuration.servers == [
                ServerAddress(host: "a"), ServerAddress(host: "b", port: 2182), ServerAddress(host: "::1", port: 2183),
            ])
        #expect(configuration.chroot == "/im/x")
        #expect(try ZooKeeperConfiguration(connectString: "a/").chroot == "")
        for wrong in ["", "a,,b", "a:0", "a:x", "a:99999", "a/im/", "[::1]x"] {
            #expect(throws: ZooKeeperError.self) { try ZooKeeperConfiguration(connectString: wrong) }
        }
    }
}
