import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct DataDirectoryLockTests {
    @Test func keepsASecondOneOutAndSaysWhoHoldsIt() throws {
        let folder = try TemporaryFolder()
        let directory = folder.path + "/made/on the way"
        let lock = try DataDirectoryLock(dataDirectory: directory)
        let error = #expect(throws: DataDirectoryError.self) { _ = try DataDirectoryLock(dataDirectory: directory) }
        #expect(
            error?.description
                == "\(directory): the data directory is in use by process \(getpid()); two nodes cannot share it")
        lock.release()
        lock.release()
        _ = try DataDirectoryLock(dataDirectory: directory)
    }

    @Test func keepsAnotherProcessOut() throws {
        let folder = try TemporaryFolder()
        let lock = try DataDirectoryLock(dataDirectory: folder.path)
        #expect(try tryLock(folder.path + "/lock") == 1)
        lock.release()
        #expect(try tryLock(folder.path + "/lock") == 0)
    }

    @Test func goesWithItsObject() throws {
        let folder = try TemporaryFolder()
        do { _ = try DataDirectoryLock(dataDirectory: folder.path) }
        _ = try DataDirectoryLock(dataDirectory: folder.path)
    }

    @Test func refusesAFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("file", "")
        let error = #expect(throws: DataDirectoryError.self) { _ = try DataDirectoryLock(dataDirectory: file) }
        #expect(error?.description == "\(file): the data directory (node.data_dir) cannot be made: it is a file")
    }

    /// Exit status of util-linux's flock, which is essential on Debian: 1 where somebody holds the lock.
    private func tryLock(_ path: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        process.arguments = ["--nonblock", path, "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
