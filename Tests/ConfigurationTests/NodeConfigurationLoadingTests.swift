import Testing

@testable import HPushConfiguration

@Suite struct NodeConfigurationLoadingTests {
    @Test func defaultsAreTheContracts() throws {
        let configuration = try load(workingDirectory: "/srv/hpush")
        #expect(configuration.node.name == "node-1")
        #expect(configuration.node.dataDirectory == "/srv/hpush/data")
        #expect(configuration.node.advertise == "")
        let chat = configuration.chat
        #expect((chat.host, chat.port, chat.threads) == ("0.0.0.0", 7000, 0))
        #expect((chat.readIdleSeconds, chat.loginTimeoutSeconds, chat.slowConsumerSeconds) == (150, 30, 10))
        #expect((chat.maxFrameBytes, chat.writeBufferHigh, chat.maxConnections) == (1_048_576, 1_048_576, 0))
        let websocket = configuration.websocket
        #expect((websocket.enabled, websocket.host, websocket.port, websocket.path) == (true, "0.0.0.0", 7001, "/ws"))
        #expect((websocket.origins, websocket.handshakeSeconds) == (["same-host"], 10))
        #expect((configuration.gate.page, configuration.gate.web) == (true, ""))
        #expect((configuration.gate.enabled, configuration.gate.host, configuration.gate.port) == (true, "0.0.0.0", 8080))
        #expect((configuration.admin.enabled, configuration.admin.host, configuration.admin.port) == (true, "127.0.0.1", 7070))
        #expect(configuration.gate.tokenSecret.isEmpty && configuration.admin.token.isEmpty)
        #expect((configuration.limits.connectionsPerAddress, configuration.limits.failedLoginsPerMinute) == (0, 60))
        let cluster = configuration.cluster
        #expect(cluster.mode == .standalone)
        #expect(cluster.zookeeper.servers == ["127.0.0.1:2181"])
        #expect((cluster.zookeeper.root, cluster.zookeeper.sessionTimeoutMilliseconds) == ("/im", 10000))
        #expect(cluster.redisURL.reveal() == "redis://127.0.0.1:6379/0")
        #expect((cluster.peer.host, cluster.peer.port, cluster.peer.secret.isEmpty) == ("127.0.0.1", 7002, true))
        #expect(configuration.store.driver == .sqlite)
        #expect((configuration.store.mysql.host, configuration.store.mysql.port) == ("127.0.0.1", 3306))
        #expect((configuration.store.mysql.user, configuration.store.mysql.database) == ("hpush", "hpush"))
        #expect((configuration.queue.driver, configuration.ids.generator) == (.none, .snowflake))
        #expect((configuration.plugins.path, configuration.plugins.watch) == ("/srv/hpush/plugins", true))
        let limits = configuration.plugins.limits
        #expect((limits.offloadMilliseconds, limits.offloadThreads) == (5000, 0))
        #expect((limits.runMilliseconds, limits.waitMilliseconds, limits.memoryMegabytes, limits.suspended) == (100, 5000, 64, 10000))
        #expect(
            configuration.plugins.pipeline.map(\.name) == [
                "rate_limit", "login", "device_policy", "inbox", "chat_redirect", "notification",
            ])
        #expect(configuration.plugins.pipeline[1].settings["mode"] == .string("password"))
        #expect((configuration.log.level, configuration.log.format) == (.info, .text))
    }

    @Test func optionsWinOverEnvironmentOverFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("hpush.yaml", "chat:\n  port: 1\n  threads: 1\n  host: 127.0.0.1\n")
        let environment = ["HPUSH_CHAT_PORT": "2", "HPUSH_CHAT_THREADS": "2"]
        let configuration = try load(file: file, options: ["chat.port=3", "chat.port=4"], environment: environment)
        #expect((configuration.chat.port, configuration.chat.threads, configuration.chat.host) == (4, 2, "127.0.0.1"))
        #expect(configuration.chat.readIdleSeconds == 150)
    }

    @Test func keysThatOnlyARestartTakesOver() throws {
        let first = try load(options: ["admin.token=a", "plugins.watch=false"])
        let second = try load(options: ["admin.token=b", "plugins.pipeline=[login]", "chat={port: 0}"])
        #expect(second.keysThatNeedRestart(since: first) == ["admin.token", "chat.port"])
        #expect(try load(options: ["admin.token=a"]).keysThatNeedRestart(since: first) == [])
    }

    @Test func optionsAreYAML() throws {
        let configuration = try load(options: [
            "plugins.pipeline=[ rate_limit: { messages_per_second: 5 }, login: {mode: open}, chat_redirect ]",
            "chat={ port: 0, host: localhost }", "plugins.watch=false", "node.name='n.1'",
        ])
        #expect(configuration.plugins.pipeline.map(\.name) == ["rate_limit", "login", "chat_redirect"])
        #expect(configuration.plugins.pipeline[0].settings["messages_per_second"] == .int(5))
        #expect((configuration.chat.port, configuration.chat.host) == (0, "localhost"))
        #expect((configuration.plugins.watch, configuration.node.name) == (false, "n.1"))
    }

    @Test func optionsThatAreRefused() {
        #expect(
            refusal(options: ["chat.port=x"])
                == "--set chat.port: chat.port: expected an integer from 0 to 65535, found the string \"x\"")
        #expect(refusal(options: ["chat.potr=1"]).hasSuffix("; did you mean chat.port?"))
        #expect(refusal(options: ["chat.port"]).hasPrefix("--set KEY=VALUE: expected KEY=VALUE"))
        #expect(refusal(options: ["chat.port=[1"]).hasPrefix("--set chat.port: chat.port: expected YAML, found a mistake"))
        #expect(!refusal(options: ["admin.token=[hunter2]"]).contains("hunter2"))
        #expect(refusal(options: ["chat.port="]).hasSuffix("found nothing"))
    }

    @Test func environmentTextIsTakenAsItIs() throws {
        let configuration = try load(environment: [
            "HPUSH_ADMIN_TOKEN": "a: #b\"", "HPUSH_LOG_LEVEL": "debug", "HPUSH_PLUGINS_WATCH": "no",
            "HPUSH_CLUSTER_ZOOKEEPER_SESSION_TIMEOUT_MS": "2000", "HPUSH_PLUGINS_PIPELINE": "[login: {mode: open}]", "PATH": "/bin",
        ])
        #expect(configuration.admin.token.reveal() == "a: #b\"")
        #expect((configuration.log.level, configuration.plugins.watch) == (.debug, false))
        #expect(configuration.cluster.zookeeper.sessionTimeoutMilliseconds == 2000)
        #expect(configuration.plugins.pipeline.map(\.name) == ["login"])
    }

    @Test func environmentThatIsRefused() {
        #expect(
            refusal(environment: ["HPUSH_CHAT_PROT": "1"])
                == "environment HPUSH_CHAT_PROT: expected HPUSH_ and a key's path, found the name of no key; did you mean HPUSH_CHAT_PORT?")
        #expect(refusal(environment: ["HPUSH_QUITE_ELSE": "1"]).hasPrefix("environment HPUSH_QUITE_ELSE: "))
        #expect(
            refusal(environment: ["HPUSH_CHAT_PORT": "70000"])
                == "environment HPUSH_CHAT_PORT: chat.port: expected an integer from 0 to 65535, found the integer 70000")
        #expect(
            refusal(environment: ["HPUSH_LOG_FORMAT": "xml"])
                == "environment HPUSH_LOG_FORMAT: log.format: expected text or json, found the string \"xml\"")
    }

    @Test func foreignVariablesAreLeftAlone() {
        let names = [
            "HPUSH_HOME", "HPUSH_PORT", "HPUSH_TEST_X", "HPUSH_BENCH_X", "HPUSH_SERVICE_HOST", "HPUSH_PORT_7000_TCP", "XHPUSH_A_B",
        ]
        #expect(refusal(environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "tcp://x") })) == "accepted")
    }

    @Test func emptyFilesAndSectionsAreDefaults() throws {
        let folder = try TemporaryFolder()
        #expect(try load(file: folder.write("empty.yaml", "")).chat.port == 7000)
        #expect(try load(file: folder.write("comment.yaml", "# nothing\n")).chat.port == 7000)
        #expect(try load(file: folder.write("section.yaml", "\u{FEFF}chat:\n  # port: 1\nadmin:\n  port: 0\n")).admin.port == 0)
    }

    @Test func relativePathsStartAtTheFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("hpush.yaml", "node: { data_dir: ../data/x }\nplugins: { path: /opt/plugins }\n")
        let parent = Paths.folder(of: folder.path)
        #expect(try load(file: file).node.dataDirectory == parent + "/data/x")
        #expect(try load(file: file).plugins.path == "/opt/plugins")
        let relative = Paths.resolve("..", in: folder.path) == parent ? String(folder.path.dropFirst(parent.count + 1)) : ""
        #expect(try load(file: relative + "/hpush.yaml", workingDirectory: parent).node.dataDirectory == parent + "/data/x")
        let other = try folder.write("other.yaml", "")
        #expect(try load(file: other).plugins.path == folder.path + "/plugins")
        #expect(try load(file: other, options: ["plugins.path=p"], workingDirectory: "/w").plugins.path == "/w/p")
        #expect(try load(environment: ["HPUSH_NODE_DATA_DIR": "./d"], workingDirectory: "/w").node.dataDirectory == "/w/d")
    }
}
