import CWire
import SwiftProtobuf
import Testing
import WireProtocol

/// The tables in fields.c say what proto/hpush.proto says. Adding a field there and not here must fail.
@Suite struct FieldTableTests {
    @Test(arguments: BodyGenerator.knownTypes)
    func fieldsAreThoseOfTheGeneratedCode(type: UInt32) throws {
        let number = hp_inner_number(type)
        guard number != 0 else {
            #expect(FieldValue.all(of: type).isEmpty)
            return
        }
        let inner = try #require(WireMessage().allInner[number])
        let numbers = FieldValue.all(of: type).filter { !$0.isText && $0.field.pointee.kind != HP_REPEATED_MESSAGE }
        let texts = FieldValue.all(of: type).filter { $0.isText || $0.isRepeated }
        #expect(known(by: inner, wireType: 0) == numbers.map { $0.field.pointee.number })
        #expect(known(by: inner, wireType: 2) == texts.map { $0.field.pointee.number })
        for wireType in [1, 3, 5] as [UInt32] { #expect(known(by: inner, wireType: wireType).isEmpty) }
    }

    @Test func innerNumbersAreThoseOfTheGeneratedCode() {
        let inner = Set(BodyGenerator.knownTypes.map { hp_inner_number($0) }).subtracting([0])
        #expect(Set(known(by: WireMessage(), wireType: 2)) == inner.union([3]))
        #expect(known(by: WireMessage(), wireType: 0) == [1, 2])
        #expect(hp_inner_number(11) == 0 && hp_inner_number(99) == 0 && hp_inner_number(102) == 0 && hp_inner_number(.max) == 0)
    }

    /// A value set by name in C appears under the same name in protobuf's JSON, of a kind that holds the largest value.
    @Test(arguments: BodyGenerator.knownTypes)
    func namesAndKindsAreThoseOfTheProto(type: UInt32) throws {
        for var value in FieldValue.all(of: type) where !value.isRepeated {
            let kind = value.field.pointee.kind
            value.number = .max
            value.bytes = kind == HP_BYTES ? [0xff, 0xfe] : Array("text".utf8)
            let body = try #require(FieldValue.build([value], type: type))
            let inner = try #require(try WireMessage(serializedBytes: body).allInner[hp_inner_number(type)])
            var options = JSONEncodingOptions()
            options.preserveProtoFieldNames = true
            let json = try inner.jsonString(options: options)
            let expected =
                switch kind {
                case HP_UINT32: "4294967295"
                case HP_UINT64: "\"18446744073709551615\""
                case HP_BOOL: "true"
                case HP_BYTES: "\"//4=\""
                default: "\"text\""
                }
            #expect(json == "{\"\(value.name)\":\(expected)}")
        }
    }

    /// Only strings are checked as UTF-8, and all of them.
    @Test(arguments: BodyGenerator.knownTypes)
    func stringsMustBeUTF8(type: UInt32) throws {
        for value in FieldValue.all(of: type) {
            let inner = WireBytes.bytes(value.field.pointee.number, [0x41, 0xff])
            let status = Scanned(WireBytes.bytes(hp_inner_number(type), inner)).status
            #expect((status == HP_SCAN_BAD_UTF8) == (value.field.pointee.kind == HP_STRING), "\(value.name)")
        }
    }

    @Test func typeNamesAreThoseOfTheEnum() throws {
        for type in WireHeadType.allCases {
            let name = String(cString: try #require(hp_type_name(UInt32(type.rawValue))))
            #expect(try WireMessage(jsonString: "{\"type\":\"\(name.uppercased())\"}").type == type)
            var back: UInt32 = .max
            #expect(hp_type_by_name(name, name.utf8.count, &back) && back == UInt32(type.rawValue))
        }
        #expect(WireHeadType.allCases.map { UInt32($0.rawValue) } == BodyGenerator.knownTypes)
        var type: UInt32 = 7
        #expect(!hp_type_by_name("login", 5, &type) && type == 7)
        #expect(hp_type_name(11) == nil && hp_type_name(99) == nil && hp_type_name(102) == nil)
    }

    /// The numbers a message knows with a wire type: those that leave no unknown field behind, or whose content is looked into.
    private func known(by message: any Message, wireType: UInt32) -> [UInt32] {
        (1..<300 as Range<UInt32>).filter { number in
            let content: [UInt8] =
                switch wireType {
                case 0: [1]
                case 1: [0, 0, 0, 0, 0, 0, 0, 0]
                case 2: [0]
                case 3: WireBytes.tag(number, 4)
                default: [0, 0, 0, 0]
                }
            let read = try? type(of: message).init(serializedBytes: WireBytes.tag(number, wireType) + content)
            return read?.unknownFields.data.isEmpty ?? false
        }
    }
}
