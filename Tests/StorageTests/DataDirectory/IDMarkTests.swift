import Foundation
import Storage
import TestSupport
import Testing

@Suite struct IDMarkTests {
    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        let mark = IDMark(dataDirectory: folder.path)
        #expect(try mark.read() == 0)
        try mark.write(1_800_000_000_000)
        try mark.write(1_800_000_060_000)
        #expect(try IDMark(dataDirectory: folder.path).read() == 1_800_000_060_000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["id_mark"])
    }

    @Test(arguments: ["", "soon\n", "-5\n", "99999999999999999999\n"]) func nonsenseIsRefused(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("id_mark", text)
        let failure = #expect(throws: DataDirectoryError.self) { try IDMark(dataDirectory: folder.path).read() }
        #expect(failure?.path == file)
    }
}
