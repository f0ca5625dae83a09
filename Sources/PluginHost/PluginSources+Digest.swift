extension PluginSources {
    /// What the rules are, by content and settings, wherever their files lie: the same on all nodes that have the same rules. FNV-1a.
    public var digest: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0xff) &* 0x100_0000_01b3
        }
        for entry in pipeline {
            add(entry.name.utf8)
            add(LuaValue.encode([entry.settings]))
        }
        for bundle in bundles {
            add(bundle.main)
            for part in bundle.parts.sorted(by: { $0.key < $1.key }) {
                add(part.key.utf8)
                add(part.value)
            }
        }
        return hash
    }
}
