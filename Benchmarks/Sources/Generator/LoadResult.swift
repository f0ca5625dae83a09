import Foundation

/// What a run brought.
struct LoadResult {
    var label = ""
    var connections = 0
    var window = 0
    var loggedIn = 0
    var loginSeconds = 0.0
    /// Of the measured time.
    var messages = 0
    var seconds = 0.0
    /// Of the server, in the measured time; -1 when unknown.
    var serverCPU = -1.0
    /// Of the whole run.
    var sent = 0
    var received = 0
    var reordered = 0
    var corrupt = 0
    var closed = 0

    var lost: Int { sent - received }
    var isGood: Bool { loggedIn == connections && lost == 0 && reordered == 0 && corrupt == 0 && closed == 0 && messages > 0 }

    var json: String {
        let perMillion = serverCPU >= 0 && messages > 0 ? serverCPU / Double(messages) * 1e6 : -1
        let numbers: [(String, Double)] = [
            ("conns", Double(connections)), ("window", Double(window)), ("login_ok", Double(loggedIn)),
            ("logins_per_s", (Double(loggedIn) / max(loginSeconds, 1e-9)).rounded()),
            ("sent", Double(sent)), ("received", Double(received)),
            ("msg_per_s", (Double(messages) / seconds).rounded()), ("lost", Double(lost)), ("reordered", Double(reordered)),
            ("corrupt", Double(corrupt)), ("closed", Double(closed)), ("server_cpu_s_per_Mmsg", perMillion),
        ]
        let fields = numbers.map { "\"\($0.0)\":\(String(format: "%.12g", ($0.1 * 1000).rounded() / 1000))" }
        return "{\"label\":\"\(label)\",\(fields.joined(separator: ",")),\"ok\":\(isGood)}"
    }
}
