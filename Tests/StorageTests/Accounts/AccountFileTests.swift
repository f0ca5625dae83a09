import Storage
import Testing

@Suite struct AccountFileTests {
    private func pairs(_ text: String) throws -> [[String]] { try AccountFile.read(text).map { [$0.name, $0.password] } }

    @Test func namesAndPasswords() throws {
        #expect(try pairs("amy,pw\nbob,p w\n") == [["amy", "pw"], ["bob", "p w"]])
        #expect(try pairs("amy,pw") == [["amy", "pw"]])
        #expect(try pairs("") == [])
        #expect(try pairs("\u{feff}amy,pw\r\n\r\n张三,密码\r\n") == [["amy", "pw"], ["张三", "密码"]])
    }

    @Test func quotes() throws {
        #expect(try pairs("\"a,b\",\"p\"\"w\"\n") == [["a,b", "p\"w"]])
        #expect(try pairs("amy,\"two\nlines\"\r\nbob,x") == [["amy", "two\nlines"], ["bob", "x"]])
        #expect(try pairs("amy,p\"w") == [["amy", "p\"w"]])
    }

    @Test(arguments: [
        ("amy,pw\nbob", 2, "1 fields"), ("amy,pw,x", 1, "3 fields"), ("amy,pw\n\n\na/b,pw", 4, "name"), ("amy,", 1, "password"),
        ("amy,pw\nbob,x\namy,y", 3, "line 1"), ("amy,\"two\nlines\"\n\"bob\"x,y", 3, "quote"), ("amy,pw\nbob,\"open\n\n", 2, "closed"),
        (",pw", 1, "name"),
    ]) func faultsNameTheLine(text: String, line: Int, words: String) {
        let failure = #expect(throws: AccountFile.Failure.self) { try AccountFile.read(text) }
        #expect(failure?.line == line)
        #expect(failure?.reason.contains(words) == true, "\(failure?.reason ?? "")")
    }
}
