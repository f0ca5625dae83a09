/// A place where source text names something that is no local variable of it.
struct LuaUse: Equatable {
    enum Access: Equatable { case read, write }

    /// The name and the fields that follow it by dots: `hpush.sessions.of_user` is ["hpush", "sessions", "of_user"].
    var path: [String]
    /// Of the first name.
    var place: SourcePlace
    /// What is done with the last of `path`; those before it are read.
    var access: Access
    /// The local variables one could have meant.
    var visible: [String]
}
