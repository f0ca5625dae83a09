import Testing

@testable import Node

@Suite struct WatchedFolderTests {
    @Test func whatEditorsWriteBesideAFileDoesNotCount() {
        let folder = WatchedFolder(isOfPlugins: true, names: ["words.txt"])
        for name in ["init.lua", "words.txt", "..data"] { #expect(folder.concerns(name, isFolder: false), "\(name)") }
        for name in [".init.lua.swp", "init.lua~", "4913", ".#init.lua", "#init.lua#", "init.lua.tmp", ".git", "note.txt", "init.luac"] {
            #expect(!folder.concerns(name, isFolder: false), "\(name)")
        }
        #expect(folder.concerns("new_plugin", isFolder: true))
        #expect(!folder.concerns(".git", isFolder: true))
    }

    @Test func elsewhereOnlyTheNamesCount() {
        let folder = WatchedFolder(names: ["node.yaml"])
        #expect(folder.concerns("node.yaml", isFolder: false))
        #expect(!folder.concerns("node.lua", isFolder: false))
        #expect(!folder.concerns("data", isFolder: true))
    }
}
