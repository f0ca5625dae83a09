import Glibc

extension RESPDecoder {
    @inline(__always)
    static func number(_ line: UnsafeRawBufferPointer) throws(RESPFailure) -> Int64 {
        var at = 0
        var negative = false
        if let sign = line.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            negative = sign == UInt8(ascii: "-")
            at = 1
        }
        guard at < line.count else { throw RESPFailure("a number without digits") }
        var number: Int64 = 0
        while at < line.count {
            let digit = line[at] &- UInt8(ascii: "0")
            guard digit < 10 else { throw RESPFailure("a number with byte \(line[at]) in it") }
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            // Below zero all the way, where there is room for one more.
            let (sum, overflow2) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !overflow2 else { throw RESPFailure("a number beyond 64 bits") }
            number = sum
            at += 1
        }
        if negative { return number }
        guard number != .min else { throw RESPFailure("a number beyond 64 bits") }
        return -number
    }

    static func double(_ line: UnsafeRawBufferPointer) throws(RESPFailure) -> Double {
        let text = String(decoding: line, as: UTF8.self)
        guard line.count <= 64, let number = Double(text) else { throw RESPFailure("'\(text.prefix(64))' is no floating point number") }
        return number
    }

    static func bigNumber(_ line: UnsafeRawBufferPointer) throws(RESPFailure) -> String {
        let text = String(decoding: line, as: UTF8.self)
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            throw RESPFailure("'\(text.prefix(64))' is no number")
        }
        return text
    }
}
