"""ZooKeeper, Redis and MariaDB as plain processes on free loopback ports, in folders of their own."""

import atexit
import getpass
import itertools
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

JARS = "/usr/share/java"
_running = []


def free_port():
    """Below the range that connections take theirs from: what is restarted finds its port again."""
    while True:
        with socket.socket() as probe:
            port = random.randrange(15000, 32000)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def need(program, *places):
    for place in (program, *places):
        found = shutil.which(place)
        if found:
            return found
    raise AssertionError(f"{program} is not here: run scripts/setup")


@atexit.register
def _end_all():
    for server in list(_running):
        server.remove()


class Server:
    """A process with a folder; subclasses say how it is started and when it serves."""

    name = "server"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"hpush-{self.name}-"))
        self.port = free_port()
        self.process = None
        _running.append(self)

    def start(self, wait=True):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        if wait:
            self.wait()
        return self

    def wait(self, timeout=40):
        deadline = time.monotonic() + timeout
        while not self.serves():
            assert self.process.poll() is None and time.monotonic() < deadline, \
                f"{self.name} does not serve:\n{(self.folder / 'log').read_text(errors='replace')[-2000:]}"
            time.sleep(0.05)
        return self

    def kill(self):
        if self.process:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)
                self.process.kill()
                self.process.wait()
            self.log.close()
            self.process = None

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self in _running:
            _running.remove(self)

    def ask(self, text, timeout=2):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout) as connection:
                connection.settimeout(timeout)
                connection.sendall(text)
                answer = b""
                while data := connection.recv(65536):
                    answer += data
                    if answer.endswith(b"\r\n"):
                        break
                return answer
        except OSError:
            return b""


class Redis(Server):
    name = "redis"

    def command(self):
        return [
            need("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
            str(self.folder)]

    def serves(self):
        return self.ask(b"PING\r\n").startswith(b"+PONG")

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def cli(self, *words):
        """What redis-cli prints."""
        return subprocess.run(
            [need("redis-cli"), "-p", str(self.port), *map(str, words)], capture_output=True, text=True, timeout=10).stdout.strip()


class MariaDB(Server):
    """Root needs no password. What was committed is on the disk, also when it is killed."""

    name = "mariadb"

    def __init__(self):
        super().__init__()
        self.numbers = itertools.count(1)
        subprocess.run(
            [need("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder}/data", "--auth-root-authentication-method=normal",
             "--skip-test-db", f"--user={getpass.getuser()}"], check=True, capture_output=True, timeout=120)

    def command(self):
        return [
            need("mariadbd", "/usr/sbin/mariadbd"), "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.folder}/socket",
            f"--port={self.port}", "--bind-address=127.0.0.1", f"--user={getpass.getuser()}", "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M", "--skip-log-bin"]

    def tool(self, name, *words):
        return subprocess.run(
            [need(name), "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", *words], capture_output=True, text=True, timeout=20)

    def serves(self):
        return self.tool("mariadb-admin", "ping").returncode == 0

    def sql(self, statement, database="mysql"):
        """The rows, with tabs between their values."""
        done = self.tool("mariadb", "--batch", "--skip-column-names", "-e", statement, database)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def store(self):
        """The section `store` of nodes that share a new database."""
        name = f"hpush_{next(self.numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return {"driver": "mysql", "mysql": {"port": self.port, "user": "root", "database": name}}


class Replica(Redis):
    """A Redis that copies another one, as far as it knows at its start."""

    def __init__(self, master):
        super().__init__()
        self.master = master

    def command(self):
        return [*super().command(), "--replicaof", f"127.0.0.1 {self.master.port}", "--repl-diskless-sync-delay", "0"]


class Sentinel(Redis):
    """Watches a master by the name of main."""

    name = "sentinel"

    def __init__(self, master):
        super().__init__()
        (self.folder / "sentinel.conf").write_text("\n".join([
            f"port {self.port}", "bind 127.0.0.1", f"dir {self.folder}", f"sentinel monitor main 127.0.0.1 {master.port} 2",
            "sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 4000", "sentinel parallel-syncs main 1"]) + "\n")

    def command(self):
        return [need("redis-sentinel"), str(self.folder / "sentinel.conf")]


class RedisGroup:
    """A master, a replica and three sentinels; for nodes one Redis."""

    def __init__(self):
        first = Redis().start()
        self.servers = [first, Replica(first).start()]
        self.sentinels = [Sentinel(first) for _ in range(3)]
        for sentinel in self.sentinels:
            sentinel.start()
        deadline = time.monotonic() + 20
        while not all("num-other-sentinels\n2" in (text := s.cli("SENTINEL", "MASTER", "main")) and "num-slaves\n1" in text
                      for s in self.sentinels):
            assert time.monotonic() < deadline, "the sentinels did not find each other"
            time.sleep(0.1)

    @property
    def url(self):
        return "redis-sentinel://" + ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels) + "/main/0"

    @property
    def master(self):
        """The server that the first sentinel names."""
        port = self.sentinels[0].cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main").splitlines()[1]
        return next(server for server in self.servers if str(server.port) == port)

    def cli(self, *words):
        return self.master.cli(*words)

    def remove(self):
        for server in [*self.sentinels, *self.servers]:
            server.remove()


class ZooKeeper(Server):
    """One server; `peers` (set before `start`) makes it one of an ensemble."""

    name = "zookeeper"

    def __init__(self, number=1):
        super().__init__()
        self.number = number
        self.quorum, self.election = free_port(), free_port()
        self.peers = []

    def command(self):
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        settings = [
            "tickTime=200", f"dataDir={data}", "clientPortAddress=127.0.0.1", f"clientPort={self.port}", "minSessionTimeout=400",
            "maxSessionTimeout=60000", "admin.enableServer=false", "4lw.commands.whitelist=*", "maxClientCnxns=0", "initLimit=50",
            "syncLimit=20", "extendedTypesEnabled=true"]
        if len(self.peers) > 1:
            (data / "myid").write_text(str(self.number))
            settings += [f"server.{peer.number}=127.0.0.1:{peer.quorum}:{peer.election}" for peer in self.peers]
        (self.folder / "zoo.cfg").write_text("\n".join(settings) + "\n")
        java = need("java", f"{os.environ.get('JAVA_HOME', '/usr')}/bin/java")
        assert pathlib.Path(JARS, "zookeeper.jar").exists(), "zookeeper.jar is not here: run scripts/setup"
        return [
            java, "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no",
            "-Dzookeeper.admin.enableServer=false", "-cp", f"{JARS}/zookeeper.jar:{JARS}/slf4j-simple.jar",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", str(self.folder / "zoo.cfg")]

    def role(self):
        """standalone, leader or follower; None while it does not serve."""
        for line in self.ask(b"srvr").decode(errors="replace").splitlines():
            if line.startswith("Mode: "):
                return line[6:]
        return None

    def serves(self):
        return self.role() is not None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


def ensemble(count):
    """Started ZooKeeper servers that are one."""
    servers = [ZooKeeper(number + 1) for number in range(count)]
    for server in servers:
        server.peers = servers
    for server in servers:
        server.start(wait=False)
    for server in servers:
        server.wait()
    return servers
