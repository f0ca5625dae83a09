import Testing

@testable import Messaging

@Suite struct MessageNameTests {
    /// From the test vectors of SipHash's authors for 128 bits: key 00 01 .. 0f, input 00 01 02 ..
    @Test(arguments: [
        (0, 0xe6a8_25ba_047f_81a3 as UInt64, 0x9302_55c7_1472_f66d as UInt64),
        (1, 0x44af_996b_d8c1_87da, 0x45fc_229b_1159_7634),
        (2, 0xc75d_a4a4_8d22_7781, 0xe4ff_0af6_de8b_a3fc),
        (63, 0x4a83_502f_77d1_5051, 0x7cbd_3f97_9a06_3e50),
    ])
    func isWhatItsAuthorsSay(count: Int, low: UInt64, high: UInt64) {
        let bytes = (0..<count).map { UInt8($0) }
        let name = bytes.withUnsafeBytes { MessageName(hashing: $0, .init(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)) }
        #expect(name.low == low && name.high == high)
    }

    @Test func namesAreTheSameEverywhereAndOthersForAnotherSecret() {
        #expect(key(1).name == key(1).name)
        #expect(key(1).name != key(1, secret: .init(1, 3)).name)
        let different = [
            key(1), key(2), key(1, uid: "alic", device: "ephone"), key(1, device: "phoneb", to: "ob"), key(1, to: "carol"),
            key(1, isGroup: true),
        ]
        #expect(Set(different.map(\.name)).count == different.count)
    }

    @Test func travelsAsSixteenBytes() {
        let name = key(77).name
        let bytes = withUnsafeTemporaryAllocation(byteCount: MessageName.byteCount, alignment: 1) { room in
            if let base = room.baseAddress { name.write(to: base) }
            return Array(room)
        }
        #expect(bytes.withUnsafeBytes { MessageName($0) } == name)
        #expect(bytes.dropLast().withUnsafeBytes { MessageName($0) } == nil)
    }
}
