/// Something a look at the source has found.
struct Finding: Equatable {
    var place: SourcePlace
    var message: String
}
