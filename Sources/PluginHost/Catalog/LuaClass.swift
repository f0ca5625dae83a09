/// A table or object that scripts see, by its members.
public struct LuaClass: Sendable, Hashable {
    /// As the annotations name it: "hpush.Plugin".
    public let name: String
    /// The class whose members it has as well.
    public let parent: String?
    /// One sentence.
    public let doc: String
    public let members: [LuaMember]

    init(_ name: String, _ doc: String, _ members: [LuaMember] = [], parent: String? = nil) {
        self.name = name
        self.parent = parent
        self.doc = doc
        self.members = members
    }
}
