import Testing

@testable import HPushConfiguration

@Suite struct PipelineReaderTests {
    @Test func blockAndFlowItems() throws {
        let folder = try TemporaryFolder()
        let block = try folder.write(
            "block.yaml", "plugins:\n  pipeline:\n    - rate_limit: { messages_per_second: 50 }\n    - login\n    - chat_redirect:\n")
        let flow = try folder.write("flow.yaml", "plugins: { pipeline: [ rate_limit: { messages_per_second: 50 }, login, chat_redirect ] }")
        let fromBlock = try load(file: block).plugins
        let fromFlow = try load(file: flow).plugins
        #expect(fromBlock.pipeline.map(\.name) == ["rate_limit", "login", "chat_redirect"])
        #expect(fromBlock.pipeline.map(\.settings) == fromFlow.pipeline.map(\.settings))
        #expect(fromBlock.pipeline.map(\.settings) == [.map([.init(key: "messages_per_second", value: .int(50))]), .map([]), .map([])])
        #expect(fromBlock.pipeline.map(\.line) == [3, 4, 5])
        #expect(fromBlock.origin(of: fromBlock.pipeline[1]).description == "\(block):4")
        #expect(fromBlock.place(of: fromBlock.pipeline[1]) == "\(block):4:7")
        #expect(fromBlock.place(of: fromBlock.pipeline[0], setting: "messages_per_second") == "\(block):3:21")
        #expect(fromBlock.place(of: fromBlock.pipeline[0], setting: "absent") == "\(block):3:7")
    }

    @Test func settingsKeepTypesAndOrder() throws {
        let settings = """
            { b: true, a: [1, 2.5, text, "5", no, 007, 1_000, ~, 1e3, -4, '', 12:30], m: { z: null, y: "true" } }
            """
        let entry = try #require(try load(options: ["plugins.pipeline=[ custom: \(settings) ]"]).plugins.pipeline.first)
        #expect(
            entry.settings
                == .map([
                    .init(key: "b", value: .bool(true)),
                    .init(
                        key: "a",
                        value: .list([
                            .int(1), .double(2.5), .string("text"), .string("5"), .string("no"), .string("007"), .int(1000), .null,
                            .double(1000), .int(-4), .string(""), .string("12:30"),
                        ])),
                    .init(key: "m", value: .map([.init(key: "z", value: .null), .init(key: "y", value: .string("true"))])),
                ]))
    }

    @Test func mayBeEmpty() throws {
        #expect(try load(options: ["plugins.pipeline=[]"]).plugins.pipeline.isEmpty)
    }

    @Test func anAnchorIsUsable() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "anchor.yaml", "plugins:\n  pipeline:\n    - one: &settings { a: 1 }\n    - two: *settings\n")
        #expect(try load(file: file).plugins.pipeline.map { $0.settings["a"] } == [.int(1), .int(1)])
    }
}
