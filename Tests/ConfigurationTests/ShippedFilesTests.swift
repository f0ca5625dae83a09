import Testing

@testable import HPushConfiguration

@Suite struct ShippedFilesTests {
    @Test func demoIsOpenAndLoopbackOnly() throws {
        let configuration = try load(file: Fixtures.package + "/config/demo.yaml")
        #expect((configuration.chat.host, configuration.chat.port) == ("127.0.0.1", 7000))
        #expect((configuration.admin.host, configuration.admin.port) == ("127.0.0.1", 7070))
        #expect(configuration.plugins.pipeline.first { $0.name == "login" }?.settings["mode"] == .string("open"))
        #expect(configuration.plugins.path == Fixtures.package + "/plugins")
        #expect(configuration.node.dataDirectory == Fixtures.package + "/data/demo")
    }

    @Test func standaloneAsksForPasswords() throws {
        let configuration = try load(file: Fixtures.package + "/config/standalone.yaml")
        #expect(configuration.plugins.pipeline.first { $0.name == "login" }?.settings["mode"] == .string("password"))
        #expect(configuration.node.dataDirectory == Fixtures.package + "/data/standalone")
    }
}
