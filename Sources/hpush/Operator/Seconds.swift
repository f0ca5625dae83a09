import ArgumentParser

/// A time as an option: "30s", "2m", "1h", "500ms"; a plain number is seconds.
struct Seconds: ExpressibleByArgument {
    let value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]
        guard let (unit, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(unit.count)), number > 0, number.isFinite
        else { return nil }
        value = number * factor
    }

    var defaultValueDescription: String { value == value.rounded() ? "\(Int(value))s" : "\(value)s" }
}
