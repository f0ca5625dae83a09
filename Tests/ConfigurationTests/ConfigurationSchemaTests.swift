import Foundation
import Testing

@testable import HPushConfiguration

@Suite struct ConfigurationSchemaTests {
    private func property(_ path: String) throws -> [String: Any]? {
        let root = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text().utf8)) as? [String: Any]
        return path.split(separator: ".").reduce(root) { ($0?["properties"] as? [String: Any])?[String($1)] as? [String: Any] }
    }

    @Test func everyKeyIsThereWithItsHelpAndDefault() throws {
        for key in ConfigurationKey.all {
            let schema = try #require(try property(key.path), "\(key.path)")
            #expect((schema["description"] as? String)?.hasPrefix(key.help) == true && schema["default"] != nil, "\(key.path)")
            let hasFile = try property(key.path + "_file") != nil
            #expect(hasFile == key.traits.contains(.secret), "\(key.path)")
        }
    }

    @Test func rangesAndWordsAreThoseOfTheKeys() throws {
        let port = try #require(try property("chat.port"))
        #expect(port["minimum"] as? Int == 0 && port["maximum"] as? Int == 65535 && port["default"] as? Int == 7000)
        #expect(try property("log.format")?["enum"] as? [String] == ["text", "json"])
        #expect(try property("chat")?["additionalProperties"] as? Bool == false)
    }

    @Test(arguments: [StringFormat.any, .filled, .name, .host, .optionalHost, .absolutePath, .redisURL, .address, .optionalAddress])
    func patternsAgreeWithTheNode(_ format: StringFormat) throws {
        let texts = [
            "", "a", "a b", "node-1", "-x.y_z", "ä", "0.0.0.0", "::1", "fe80::1%eth0", "a:b", "host:80", "[::1]:2181", "127.0.0.1:2181",
            "host:",
            "/", "/im", "/im/", "im", "/a b", "/im//x", "/im/./x", "/..", "/.x/a..", "/ws?x", "/a#b", "redis://h:1/0", "rediss://h",
            "redis:///0", "redis://", "redis-sentinel://a:1,b:2/main/0",
            "redis-cluster://a:1,b", "redis-other://a", "http://h",
            String(repeating: "x", count: 65),
        ]
        for text in texts {
            let fits = try format.pattern.map { try text.contains(Regex($0)) } ?? true
            // A pattern may let pass what the node refuses, never the other way round.
            if format.accepts(text) { #expect(fits, "\(format) takes '\(text)'") }
            if format != .address, format != .optionalAddress { #expect(fits == format.accepts(text), "\(format): '\(text)'") }
        }
    }

    @Test func jsonIsThatOfItsValue() throws {
        let value: ConfigValue = [
            "text": "a \"b\"\\\n\u{1}ü", "numbers": [1, .double(2.5), .double(3)], "none": .null, "empty": .map([]), "yes": true,
        ]
        let read = try #require(try JSONSerialization.jsonObject(with: Data(value.json.utf8)) as? [String: Any])
        #expect(read["text"] as? String == "a \"b\"\\\n\u{1}ü" && read["numbers"] as? [Double] == [1, 2.5, 3])
        #expect(read["none"] is NSNull && (read["empty"] as? [String: Any])?.isEmpty == true && read["yes"] as? Bool == true)
        #expect(value.json.contains("[1, 2.5, 3]"))
    }
}
