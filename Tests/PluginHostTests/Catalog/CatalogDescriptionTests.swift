import CPluginBridge
import Testing

@testable import PluginHost

/// Everything that scripts find is described, and what is described is there.
@Suite struct CatalogDescriptionTests {
    @Test func everyEntrySaysWhatItDoes() {
        for entry in HostFunctionCatalog.all {
            #expect(entry.doc.hasSuffix(".") && entry.doc.count > 5, "describe \(entry.name) where its sisters are: its text is missing")
            #expect(!entry.doc.contains("\n") && !entry.doc.contains("  "), "\(entry.name): one line")
            #expect(
                entry.isField || !entry.parameters.isEmpty || !entry.results.isEmpty,
                "describe the parameters and results of \(entry.name)")
            #expect(!entry.isField || entry.results.count == 1, "\(entry.name): a field has one type")
            for member in entry.parameters + entry.results { expectWellDescribed(member, of: entry.name) }
            let optional = entry.parameters.drop { !$0.isOptional }
            #expect(!optional.contains { !$0.isOptional }, "\(entry.name): what may be left out stands last")
        }
    }

    @Test func everyKeyOfTablesIsDescribed() {
        for described in [PluginTableCatalog.plugin, PluginTableCatalog.setting, PluginTableCatalog.timer, PluginTableCatalog.events]
            + PluginTableCatalog.values
        {
            #expect(described.doc.hasSuffix("."), "\(described.name)")
            for member in described.members { expectWellDescribed(member, of: described.name) }
        }
        for member in PluginTableCatalog.plugin.members { #expect(!member.doc.isEmpty, "\(member.name)") }
    }

    private func expectWellDescribed(_ member: LuaMember, of owner: String) {
        #expect(!member.type.isEmpty && !member.name.isEmpty, "\(owner)")
        #expect(!member.doc.hasSuffix(".") && !member.doc.contains("\n"), "\(owner), \(member.name): one line, no full stop")
    }

    @Test func everyFieldOfMessagesIsDescribed() {
        let fields = MessageTypeDescription.all.flatMap { type in type.fields.map { "\(type.name).\($0.name)" } }
        #expect(Set(fields) == Set(MessageFieldDocumentation.of.keys))
        #expect(MessageTypeDescription.all.map(\.name).contains("custom_response") && MessageTypeDescription.all.count == 13)
    }

    /// What a script finds under hpush, asked of a running state.
    @Test func hpushHasWhatIsListed() throws {
        let needs = HostFunctionCatalog.needs.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        let bench = try PluginBench(
            """
            local M = { api = 1, needs = { \(needs) } }
            function M.init()
              for name, value in pairs(hpush) do
                if type(value) ~= "table" then hpush.log(name) else
                  if getmetatable(value) ~= nil then hpush.log(name) end    -- a table that can be called
                  for inner in pairs(value) do hpush.log(name .. "." .. inner) end
                end
              end
            end
            return M
            """)
        let found = Set(bench.host.logs.map(\.text)).subtracting(HostFunctionCatalogTests.ofTheTests)
        #expect(found == Set(HostFunctionCatalog.all.filter(\.isInHpush).map(\.name)))
    }

    @Test func ctxAndMsgHaveWhatIsListed() throws {
        let fields = HostFunctionCatalog.all.filter { $0.owner == "ctx." }.map { "ctx.\($0.lastName)" }
        let messages = MessageTypeDescription.all.first { $0.name == "message_request" }?.fields.map { "msg.\($0.name)" } ?? []
        let bench = try PluginBench(
            """
            local M = { api = 1, inbound = {} }
            function M.inbound.message_request(ctx, msg)
              local values = { \((fields + messages).joined(separator: ", ")), msg:size(), msg:copy() }
              return hpush.stop
            end
            return M
            """)
        #expect(try bench.inbound(chat(to: "bob"), from: bench.host.open("amy")).verdict == HP_STOP)
        #expect(bench.host.logs.isEmpty && messages.count > 10)
    }

    /// A key that nothing reads is an error when it holds a function; those listed are taken.
    @Test(arguments: ["init", "save", "restore"])
    func functionsOfThePluginTableAreTaken(_ key: String) throws {
        #expect(PluginTableCatalog.plugin.members.contains { $0.name == key && $0.isOptional })
        _ = try PluginBench("return { api = 1, \(key) = function() end }")
        #expect(throws: PluginFailure.self) { try PluginBench("return { api = 1, \(key)s = function() end }") }
    }

    @Test func eventsAreThoseOfTheHost() throws {
        for event in PluginTableCatalog.events.members {
            let bench = try PluginBench("return { api = 1, events = { \(event.name) = function() end } }")
            #expect(bench.state.hasEvent(event.name))
        }
    }

    /// Where the catalog says that a call is refused, it is, and nowhere else of these.
    @Test func placesAreThoseOfTheHost() throws {
        for entry in HostFunctionCatalog.functions where entry.isInHpush {
            let call = "local good, why = pcall(hpush.\(entry.name)) why = tostring(why)"
            let refused =
                "why:find(\"while the plugin loads\", 1, true) or why:find(\"would wait\", 1, true) or why:find(\"can't be called in\", 1, true)"
            let needs = entry.need.map { "needs = { \"\($0)\" }," } ?? ""
            let loading = try PluginBench("\(call) if \(refused) then hpush.log('refused') end return { api = 1, \(needs) }")
            #expect(loading.host.logs.isEmpty != entry.refusedIn.contains(.loading), "\(entry.name) while the file loads")
            let lifecycle = try PluginBench(
                "return { api = 1, \(needs) init = function() \(call) if \(refused) then hpush.log('refused') end end }")
            // A host may leave the rest to its functions, which find nothing to work on there.
            let isRefused = !lifecycle.host.logs.isEmpty
            #expect(isRefused == entry.refusedIn.contains(.lifecycle) || !isRefused && !entry.waits, "\(entry.name) in init")
            let outbound = try PluginBench(
                "return { api = 1, \(needs) outbound = { message_request = function() \(call) if \(refused) then hpush.log('refused') end end } }"
            )
            _ = try outbound.outbound(chat(to: "bob"), to: outbound.host.open("bob"))
            #expect(outbound.host.logs.isEmpty != entry.refusedIn.contains(.outbound), "\(entry.name) in an outbound handler")
        }
    }
}
