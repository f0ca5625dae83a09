extension ConfigurationKey {
    /// Every key there is, in the order of the documentation.
    public static let all: [ConfigurationKey] =
        node + chat + websocket + gate + admin + tls + limits + cluster + store + queue + ids + plugins + log + tracing

    /// The pipeline of a node whose configuration names none.
    public static let defaultPipeline: [PluginEntry] = [
        PluginEntry(name: "rate_limit", settings: .map([.init(key: "messages_per_second", value: .int(50))])),
        PluginEntry(name: "login", settings: .map([.init(key: "mode", value: .string("password"))])),
        PluginEntry(name: "device_policy"),
        PluginEntry(name: "inbox"),
        PluginEntry(name: "chat_redirect"),
        PluginEntry(name: "notification"),
    ]

    private static let port = Kind.integer(0...65535)

    private static let node = [
        ConfigurationKey(
            "node.name", .string(.name), default: .string("node-1"), help: "The node's name in logs, metrics and the node list."),
        ConfigurationKey(
            "node.data_dir", .string(.filled), default: .string("./data"), .path,
            help: "Folder of accounts, messages, lock and generated secrets. Two processes cannot share it."),
        ConfigurationKey(
            "node.advertise", .string(.optionalHost), default: .string(""),
            help: "The address others reach this node by; required in a cluster where a host is a wildcard."),
    ]

    private static let chat = [
        ConfigurationKey(
            "chat.host", .string(.host), default: .string("0.0.0.0"), help: "Address the chat listener binds to."),
        ConfigurationKey("chat.port", port, default: .integer(7000), help: "Port of the chat listener; 0 is any free port."),
        ConfigurationKey("chat.threads", .integer(0...256), default: .integer(0), help: "Event loops; 0 is one a core."),
        ConfigurationKey(
            "chat.read_idle_seconds", .integer(1...86400), default: .integer(150),
            help: "A connection with nothing read for so long closes."),
        ConfigurationKey(
            "chat.login_timeout_seconds", .integer(1...3600), default: .integer(30),
            help: "A connection not logged in after so long closes."),
        ConfigurationKey(
            "chat.max_frame_bytes", .integer(64...268_435_456), default: .integer(1_048_576),
            help: "Longest body of a frame; a longer one closes the connection."),
        ConfigurationKey(
            "chat.write_buffer_high", .integer(4096...1_073_741_824), default: .integer(1_048_576),
            help: "Bytes waiting for a connection from which on its senders are held back."),
        ConfigurationKey(
            "chat.slow_consumer_seconds", .integer(1...3600), default: .integer(10),
            help: "A connection to which no byte could be written for so long closes."),
        ConfigurationKey(
            "chat.receipt_seconds", .integer(1...3600), default: .integer(10),
            help: "A message that no device took or acknowledged for so long is answered with code 9, where its sender wants receipts."),
        ConfigurationKey(
            "chat.max_connections", .integer(0...100_000_000), default: .integer(0),
            help: "Connections the node takes at most; 0 is what the limit of descriptors allows, less some for files and HTTP."),
        ConfigurationKey(
            "chat.drain_per_second", .integer(0...10_000_000), default: .integer(1000),
            help: "Sessions a draining node closes a second; 0 is all at once."),
        ConfigurationKey(
            "chat.drain_seconds", .integer(0...86400), default: .integer(20),
            help: "After so long a draining node closes the sessions that are left at once."),
    ]

    private static let websocket = [
        ConfigurationKey("websocket.enabled", .boolean, default: .boolean(true), help: "Whether the WebSocket listener runs."),
        ConfigurationKey(
            "websocket.host", .string(.host), default: .string("0.0.0.0"), help: "Address the WebSocket listener binds to."),
        ConfigurationKey("websocket.port", port, default: .integer(7001), help: "Port of the WebSocket listener; 0 is any free port."),
        ConfigurationKey(
            "websocket.path", .string(.absolutePath), default: .string("/ws"), help: "HTTP path of the WebSocket upgrade."),
        ConfigurationKey(
            "websocket.origins", .strings(.origin), default: .strings(["same-host"]),
            help: "Whose pages may connect: origins such as https://chat.example; same-host: pages of the host they connect to; *: all."),
        ConfigurationKey(
            "websocket.handshake_seconds", .integer(1...3600), default: .integer(10),
            help: "A connection whose request has not come after so long is refused."),
    ]

    private static let gate = [
        ConfigurationKey("gate.enabled", .boolean, default: .boolean(true), help: "Whether the gate runs in this process."),
        ConfigurationKey("gate.host", .string(.host), default: .string("0.0.0.0"), help: "Address the gate binds to."),
        ConfigurationKey("gate.port", port, default: .integer(8080), help: "Port of the gate; 0 is any free port."),
        ConfigurationKey(
            "gate.url", .string(.optionalHTTPURL), default: .string(""),
            help: "Where clients reach a gate, such as https://gate.example; a draining node tells them. Empty: it does not."),
        ConfigurationKey(
            "gate.origins", .strings(.origin, atLeast: 0), default: .strings([]),
            help:
                "Whose pages may ask the gate from elsewhere (CORS): origins such as https://chat.example; same-host: pages of the gate's host, "
                + "whatever their port; *: all. None unless set."),
        ConfigurationKey(
            "gate.page", .boolean, default: .boolean(true), help: "Whether a node that stands alone shows the web chat page at `/`."),
        ConfigurationKey(
            "gate.web", .string(.any), default: .string(""), .path,
            help: "Folder of the web chat page; empty: `web` beside the executable or above it."),
        ConfigurationKey(
            "gate.token_secret", .string(.any), default: .string(""), .secret,
            help: "Signs login tokens; the same on all nodes and required in a cluster. Standalone makes one under node.data_dir."),
    ]

    private static let admin = [
        ConfigurationKey("admin.enabled", .boolean, default: .boolean(true), help: "Whether the admin listener runs."),
        ConfigurationKey("admin.host", .string(.host), default: .string("127.0.0.1"), help: "Address the admin listener binds to."),
        ConfigurationKey("admin.port", port, default: .integer(7070), help: "Port of the admin listener; 0 is any free port."),
        ConfigurationKey(
            "admin.token", .string(.any), default: .string(""), .secret,
            help: "Bearer token the admin listener asks for; required off loopback."),
    ]

    private static let tls = [
        ConfigurationKey(
            "tls.certificate", .string(.any), default: .string(""), .path,
            help: "File with the certificate of the listeners below, followed by those that lead to its authority (PEM)."),
        ConfigurationKey(
            "tls.key", .string(.any), default: .string(""), .path, help: "File with its private key (PEM, not encrypted)."),
        ConfigurationKey(
            "tls.client_ca", .string(.any), default: .string(""), .path,
            help: "File with the authorities (PEM) whose certificates clients must have, where tls.mutual says so."),
        ConfigurationKey("tls.minimum", .choice(["1.2", "1.3"]), default: .string("1.2"), help: "Oldest version of TLS that is spoken."),
        ConfigurationKey(
            "tls.handshake_seconds", .integer(1...3600), default: .integer(10), help: "A handshake that takes longer is cut off."),
        ConfigurationKey("tls.chat", .boolean, default: .boolean(false), help: "Whether the chat listener speaks TLS."),
        ConfigurationKey("tls.websocket", .boolean, default: .boolean(false), help: "Whether the WebSocket listener speaks TLS (wss)."),
        ConfigurationKey("tls.gate", .boolean, default: .boolean(false), help: "Whether the gate speaks TLS (https)."),
        ConfigurationKey("tls.admin", .boolean, default: .boolean(false), help: "Whether the admin listener speaks TLS (https)."),
        ConfigurationKey(
            "tls.mutual.chat", .boolean, default: .boolean(false), help: "Whether chat clients must have a certificate of tls.client_ca."),
        ConfigurationKey("tls.mutual.websocket", .boolean, default: .boolean(false), help: "The same for WebSocket clients."),
        ConfigurationKey("tls.mutual.gate", .boolean, default: .boolean(false), help: "The same for callers of the gate."),
        ConfigurationKey("tls.mutual.admin", .boolean, default: .boolean(false), help: "The same for operators."),
    ]

    private static let limits = [
        ConfigurationKey(
            "limits.connections_per_address", .integer(0...10_000_000), default: .integer(0),
            help:
                "Connections from one address, or one /64 network of IPv6; 0 is no limit. Chat and WebSocket together; the gate's count apart."
        ),
        ConfigurationKey(
            "limits.failed_logins_per_minute", .integer(0...1_000_000), default: .integer(60),
            help: "Failed logins from one address (IPv6: /64) a minute; 0 is no limit. Successful ones do not count."),
        ConfigurationKey(
            "limits.failed_logins_per_user", .integer(0...1_000_000), default: .integer(10),
            help: "Failed logins of one user, from whatever addresses, before more of them have to wait: 1 s, then twice as long each time "
                + "up to 30 s. Where the user has logged in of late, nobody waits. 0 is no limit."),
        ConfigurationKey(
            "limits.frames_before_login", .integer(0...1_000_000), default: .integer(100),
            help: "Frames a connection may send before it logs in, its login not counted; one more closes it. 0 is no limit."),
        ConfigurationKey(
            "limits.memory_mb", .integer(0...16_777_216), default: .integer(0),
            help:
                "Resident memory of the process, in MiB, from which on logins are answered with code 9, until a tenth of it is free again. "
                + "0 is no limit."),
        ConfigurationKey(
            "limits.remembered_messages", .integer(0...100_000_000), default: .integer(500_000),
            help: "Messages with receipts that a resend is told from a new one by, for 24 hours; about 150 bytes each. 0 is none."),
    ]

    private static let cluster = [
        ConfigurationKey(
            "cluster.mode", .choice(["standalone", "zookeeper"]), default: .string("standalone"),
            help: "One node alone, or nodes that find each other by ZooKeeper and Redis."),
        ConfigurationKey(
            "cluster.zookeeper.servers", .strings(.address), default: .strings(["127.0.0.1:2181"]), help: "The ensemble."),
        ConfigurationKey(
            "cluster.zookeeper.root", .string(.absolutePath), default: .string("/im"), help: "Path under which everything lives."),
        ConfigurationKey(
            "cluster.zookeeper.session_timeout_ms", .integer(1000...600_000), default: .integer(10000),
            help: "Session time-out asked of the ensemble, in milliseconds."),
        ConfigurationKey(
            "cluster.redis.url", .string(.redisURL), default: .string("redis://127.0.0.1:6379/0"), .secret,
            help: "The session directory. Secret, because it may carry a password."),
        ConfigurationKey(
            "cluster.redis.ca", .string(.any), default: .string(""), .path,
            help: "File with the authorities (PEM) of a Redis by rediss://; empty: those that the system trusts."),
        ConfigurationKey(
            "cluster.peer.host", .string(.host), default: .string("127.0.0.1"), help: "Address the listener for other nodes binds to."),
        ConfigurationKey(
            "cluster.peer.port", port, default: .integer(7002), help: "Port of the listener for other nodes; 0 is any free port."),
        ConfigurationKey(
            "cluster.peer.advertise", .string(.optionalAddress), default: .string(""),
            help: "The address other nodes reach that listener by, where it is not node.advertise (or peer.host) with peer.port."),
        ConfigurationKey(
            "cluster.peer.secret", .string(.any), default: .string(""), .secret,
            help: "Shared by all nodes, required in a cluster: who knows it is a node."),
        ConfigurationKey(
            "cluster.peer.tls.certificate", .string(.any), default: .string(""), .path,
            help:
                "File with this node's certificate for links between nodes (PEM); on all nodes or on none. Empty: the links are not encrypted."
        ),
        ConfigurationKey(
            "cluster.peer.tls.key", .string(.any), default: .string(""), .path, help: "File with its private key (PEM, not encrypted)."),
        ConfigurationKey(
            "cluster.peer.tls.ca", .string(.any), default: .string(""), .path,
            help: "File with the authorities (PEM) whose certificates the other nodes must have."),
    ]

    private static let store = [
        ConfigurationKey(
            "store.driver", .choice(["sqlite", "mysql", "memory"]), default: .string("sqlite"),
            help: "Where accounts, messages and groups live: files under node.data_dir, a server that nodes share, or nowhere."),
        ConfigurationKey(
            "store.mysql.host", .string(.host), default: .string("127.0.0.1"), help: "MySQL or MariaDB server."),
        ConfigurationKey("store.mysql.port", .integer(1...65535), default: .integer(3306), help: "Port of the MySQL server."),
        ConfigurationKey("store.mysql.user", .string(.filled), default: .string("hpush"), help: "MySQL user."),
        ConfigurationKey("store.mysql.password", .string(.any), default: .string(""), .secret, help: "Password of the MySQL user."),
        ConfigurationKey("store.mysql.database", .string(.filled), default: .string("hpush"), help: "Its database; the tables are made."),
        ConfigurationKey(
            "store.retention.days", .integer(0...36500), default: .integer(30),
            help: "Messages are kept so many days, delivered or not; 0: for ever."),
        ConfigurationKey(
            "store.retention.messages_per_conversation", .integer(0...1_000_000_000), default: .integer(0),
            help: "Of each conversation so many messages are kept; older ones go once no device waits for them. 0: all are kept."),
        ConfigurationKey(
            "store.retention.device_days", .integer(1...36500), default: .integer(90),
            help: "A device that was not logged in for so many days keeps no message from going."),
        ConfigurationKey(
            "store.retention.interval_seconds", .integer(1...86400), default: .integer(60),
            help: "How often messages that need not be kept are looked for."),
    ]

    private static let queue = [
        ConfigurationKey(
            "queue.driver", .choice(["none", "redis", "rocketmq"]), default: .string("none"),
            help: "Where writes that nobody waits for (acknowledgements, last logins) wait for the store.")
    ]

    private static let ids = [
        ConfigurationKey(
            "ids.generator", .choice(["snowflake", "redis", "uuid"]), default: .string("snowflake"), help: "What hpush.id() gives.")
    ]

    private static let plugins = [
        ConfigurationKey("plugins.path", .string(.filled), default: .string("./plugins"), .path, help: "Folder of the plugins."),
        ConfigurationKey(
            "plugins.watch", .boolean, default: .boolean(true),
            help: "Whether a changed file (plugins, files their settings name, this configuration) reloads the plugins."),
        ConfigurationKey(
            "plugins.auto_rollback", .boolean, default: .boolean(false),
            help: "Whether a reload is taken back when one of its plugins fails for many sessions within ten minutes."),
        ConfigurationKey(
            "plugins.limits.run_ms", .integer(1...60_000), default: .integer(100),
            help: "Milliseconds a handler may run on its loop without waiting."),
        ConfigurationKey(
            "plugins.limits.wait_ms", .integer(1...3_600_000), default: .integer(5000),
            help: "Milliseconds a handler may be suspended."),
        ConfigurationKey(
            "plugins.limits.memory_mb", .integer(1...65536), default: .integer(64),
            help: "Lua memory of a loop and generation, in MiB."),
        ConfigurationKey(
            "plugins.limits.suspended", .integer(1...10_000_000), default: .integer(10000), help: "Suspended handlers a loop."),
        ConfigurationKey(
            "plugins.limits.offload_ms", .integer(1...600_000), default: .integer(5000),
            help: "Milliseconds of processor time a function of hpush.offload may run on its worker thread."),
        ConfigurationKey(
            "plugins.limits.offload_threads", .integer(0...256), default: .integer(0),
            help: "Worker threads for hpush.offload; 0 is one a core. They start when they are needed; each may take memory_mb."),
        ConfigurationKey(
            "plugins.pipeline", .plugins, default: .plugins(defaultPipeline),
            help: "The plugins a message passes, head to tail, with their settings. docs/plugins describes each plugin's."),
    ]

    private static let log = [
        ConfigurationKey(
            "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), default: .string("info"),
            help: "Least level that is logged."),
        ConfigurationKey("log.format", .choice(["text", "json"]), default: .string("text"), help: "For people or for machines."),
    ]

    private static let tracing = [
        ConfigurationKey(
            "tracing.sample", .number(0...1), default: .number(0),
            help:
                "Share of messages, logins and requests to the gate that are traced: 0.001 is one in a thousand. Traces of other nodes go on here at any rate."
        ),
        ConfigurationKey(
            "tracing.otlp_url", .string(.optionalHTTPURL), default: .string(""),
            help: "OpenTelemetry collector that gets the spans by OTLP/HTTP, such as http://127.0.0.1:4318. Empty: none."),
        ConfigurationKey(
            "tracing.file", .string(.any), default: .string(""), .path,
            help: "File that gets the spans as OTLP JSON, a batch a line. Empty: none."),
    ]
}
