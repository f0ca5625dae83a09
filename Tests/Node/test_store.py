"""Stored messages: history, inboxes, groups, what commands see of them, and what becomes of them when the disk does not take more."""

import datetime
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import wire
from case import NodeTest
from client import Closed
from node import Node, run_command

PIPELINE = [{"login": {"mode": "open"}}, "group_chat", {"inbox": {"max_messages": 20000}}, "chat_redirect"]


class Stored(NodeTest):
    pipeline = PIPELINE

    def sender(self, uid="alice", device="d0"):
        return self.client(uid, f"{self.id()} {device}", capabilities=wire.RECEIPTS)

    def send(self, client, to, content, msg_id=1, **parts):
        """Sends and gives the receipt."""
        client.send(wire.chat(to, content, sequence=msg_id, msg_id=msg_id, **parts))
        answer = client.receive_until(wire.MESSAGE_RESPONSE)
        self.assertEqual(answer.get("sequence"), msg_id)
        return answer["messageResponse"]

    def accept(self, client, to, content, msg_id=1, **parts):
        answer = self.send(client, to, content, msg_id, **parts)
        self.assertTrue(answer.get("result"), answer)
        return answer["server_id"]

    def message(self, client):
        return client.receive(wire.MESSAGE_REQUEST)["messageRequest"]

    def contents(self, client, count, ack=False):
        found = []
        for _ in range(count):
            message = self.message(client)
            found.append(message["content"])
            if ack:
                client.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [message["server_id"]]}))
        self.assertTrue(client.is_silent(), f"no more than {found} expected")
        return found

    def synchronise(self, client, conversation, after=0, limit=0):
        client.send(wire.message(wire.SYNC_REQUEST, 70, syncRequest={"conversation": conversation, "after_seq": after, "limit": limit}))
        while True:
            answer = client.receive()
            if answer.get("sequence") == 70:
                return answer

    def settle(self):
        """Waits until what devices have got is told to the store: it is gathered for 10 ms, then written."""
        before = -1
        while True:
            time.sleep(0.15)
            written = self.node.metric("hpush_store_writes_total")
            if written == before and self.node.metric("hpush_store_waiting_writes") == 0:
                return
            before = written


class InboxTests(Stored):
    def test_who_is_not_online_gets_it_at_the_next_login(self):
        alice = self.sender()
        numbers = [self.accept(alice, "bob", str(n), n) for n in (1, 2, 3)]
        bob = self.client("bob")
        got = [self.message(bob) for _ in range(3)]
        self.assertEqual([m["content"] for m in got], ["1", "2", "3"])
        self.assertEqual([m["server_id"] for m in got], numbers)
        self.assertEqual([m["conversation_seq"] for m in got], [1, 2, 3])
        self.assertEqual({m["from"] for m in got}, {"alice"})
        self.settle()
        bob.close()
        self.assertTrue(self.client("bob").is_silent())

    def test_who_sends_and_hangs_up_has_sent(self):
        hugo = self.client("hugo")
        for way in ("close", "shutdown"):
            client = self.client("harry", way)
            client.send(b"".join(wire.chat("hugo", f"{way} {n}", n, n) for n in range(1, 301)))
            if way == "close":
                client.close()
            else:
                client.socket.shutdown(socket.SHUT_WR)
                client.wait_closed()
            self.assertEqual(self.contents(hugo, 300), [f"{way} {n}" for n in range(1, 301)])

    def test_what_came_around_the_message_comes_with_it(self):
        """Live, after a login, and not in a page of the conversation: there is no place for it."""
        alice = self.sender()
        around = {"session_id": alice.session, "unknown": wire.field(2000, b"around") + wire.field(2001, 7)}
        inside = {"msg_id": 1, "to": "una", "content": "x", "unknown": wire.field(3000, b"inside")}
        device = self.client("una")
        for when in ("live", "later"):
            if when == "later":
                self.settle()
                device.close()
            alice.send(wire.message(wire.MESSAGE_REQUEST, 1 << 63, messageRequest=inside, **around))
            self.assertTrue(alice.receive_until(wire.MESSAGE_RESPONSE)["messageResponse"]["result"])
            inside["msg_id"] += 1
            if when == "later":
                device = self.client("una")
            got = device.receive(wire.MESSAGE_REQUEST)
            self.assertEqual((got["sequence"], got["session_id"], got["unknown"]), (1 << 63, alice.session, around["unknown"]), when)
            self.assertEqual(got["messageRequest"]["unknown"], inside["unknown"])
        page = self.synchronise(device, "alice")["syncResponse"]["messages"]
        self.assertEqual([m["unknown"] for m in page], [inside["unknown"]] * 2)

    def test_a_device_without_acks_has_what_was_written_to_it(self):
        alice, bob = self.sender(), self.client("ben")
        self.accept(alice, "ben", "live")
        self.assertEqual(self.contents(bob, 1), ["live"])
        self.settle()
        bob.close()
        self.assertTrue(self.client("ben").is_silent())

    def test_a_device_with_acks_gets_it_until_it_acknowledged_it(self):
        alice = self.sender()
        for n in (1, 2, 3):
            self.accept(alice, "bert", str(n), n)
        for _ in range(2):
            bert = self.client("bert", capabilities=wire.ACKS)
            self.assertEqual(self.contents(bert, 3), ["1", "2", "3"])
            bert.close()
        bert = self.client("bert", capabilities=wire.ACKS)
        got = [self.message(bert) for _ in range(3)]
        # With a gap: the one in the middle comes again, the others do not.
        bert.send(wire.message(wire.MESSAGE_ACK, ack={"server_id": [got[0]["server_id"], got[2]["server_id"]]}))
        self.settle()
        bert.close()
        bert = self.client("bert", capabilities=wire.ACKS)
        self.assertEqual(self.contents(bert, 1, ack=True), ["2"])
        self.settle()
        bert.close()
        self.assertTrue(self.client("bert", capabilities=wire.ACKS).is_silent())

    def test_each_device_has_its_own_place_and_a_new_one_begins_with_what_none_has(self):
        alice = self.sender()
        before = self.node.metric("hpush_store_writes_total")
        phone, tablet = self.client("bill", "phone"), self.client("bill", "tablet")
        # Both are known from now on.
        self.node.await_metric("hpush_store_writes_total", before + 2)
        tablet.close()
        self.accept(alice, "bill", "one", 1)
        self.assertEqual(self.contents(phone, 1), ["one"])
        self.settle()
        self.assertEqual(self.contents(self.client("bill", "tablet"), 1), ["one"])
        self.assertTrue(self.client("bill", "new").is_silent())

    def test_resends_are_stored_once_also_across_a_restart(self):
        alice = self.sender()
        first = self.accept(alice, "bella", "once", 9)
        self.assertEqual(self.accept(alice, "bella", "once", 9), first)
        self.node.stop()
        self.node.start()
        self.assertEqual(self.accept(self.sender(), "bella", "once", 9), first)
        self.assertEqual(self.contents(self.client("bella"), 1), ["once"])

    def test_messages_with_unknown_fields_come_back_whole(self):
        inner = wire.encode({"msg_id": 5, "to": "boris", "content": "x", "json": "{}"}, "MessageRequest") + wire.field(900, "new")
        self.sender().send(wire.frame(wire.field(1, wire.MESSAGE_REQUEST) + wire.field(6, inner)))
        self.settle()
        frame = self.client("boris").receive_frame()
        self.assertIn(wire.field(900, "new"), frame)

    def test_ten_thousand_wait_and_come_in_order_within_a_second(self):
        senders = [self.sender(f"s{n}") for n in range(50)]
        for start in range(0, 200, 50):
            for sender in senders:
                sender.send(b"".join(wire.chat("busy", str(n), sequence=n + 1, msg_id=n + 1) for n in range(start, start + 50)))
            for sender in senders:
                for _ in range(50):
                    self.assertTrue(sender.receive(wire.MESSAGE_RESPONSE, 60)["messageResponse"].get("result"))
        bob = self.client()
        bob.login("busy")
        started, last = time.monotonic(), {}
        for _ in range(10_000):
            message = wire.decode(bob.receive_frame()[8:])["messageRequest"]
            self.assertGreater(message["conversation_seq"], last.get(message["from"], 0))
            last[message["from"]] = message["conversation_seq"]
        took = time.monotonic() - started
        self.assertEqual(set(last.values()), {200})
        # A debug build, and a slow reader: the bound for a release build is a second.
        self.assertLess(took, 10)
        self.assertTrue(bob.is_silent())

    def test_live_messages_come_after_those_that_waited(self):
        alice = self.sender()
        for n in range(1, 501):
            alice.send(wire.chat("brian", str(n), sequence=n, msg_id=n))
        for _ in range(500):
            alice.receive(wire.MESSAGE_RESPONSE, 60)
        alice.send(b"".join(wire.chat("brian", str(n), sequence=n, msg_id=n) for n in range(501, 701)))
        brian = self.client("brian")
        got = [int(self.message(brian)["content"]) for _ in range(700)]
        self.assertEqual(got, list(range(1, 701)))
        self.assertTrue(brian.is_silent())


class FullInboxTests(Stored):
    pipeline = [{"login": {"mode": "open"}}, {"inbox": {"max_messages": 3}}, "chat_redirect"]

    def test_a_full_inbox_refuses_and_drops_nothing(self):
        alice = self.sender()
        for n in (1, 2, 3):
            self.accept(alice, "bob", str(n), n)
        self.assertEqual(self.send(alice, "bob", "4", 4).get("code"), wire.UNAVAILABLE)
        self.assertEqual(self.contents(self.client("bob"), 3), ["1", "2", "3"])
        self.settle()
        self.accept(alice, "bob", "4", 4)


class PasswordTests(Stored):
    pipeline = [{"login": {"mode": "password"}}, "inbox", "chat_redirect"]

    def test_who_is_no_user_gets_nothing_stored(self):
        for name in ("ann", "ben"):
            run_command("user", "add", name, "--password", "p", "--config", self.node.file)
        time.sleep(1)
        ann = self.client("ann", token="p", capabilities=wire.RECEIPTS)
        self.assertEqual(self.send(ann, "nobody", "x").get("code"), wire.NO_SUCH_USER)
        self.accept(ann, "ben", "x", 2)


class HistoryTests(Stored):
    def test_pages_of_a_conversation_for_both_sides(self):
        alice, bob = self.sender(), self.sender("bob")
        for n in range(1, 6):
            self.accept(alice, "bob", f"a{n}", n)
            self.accept(bob, "alice", f"b{n}", n)
        for client, peer in ((alice, "bob"), (bob, "alice")):
            page = self.synchronise(client, peer, 0, 4)["syncResponse"]
            self.assertEqual([m["content"] for m in page["messages"]], ["a1", "b1", "a2", "b2"])
            self.assertEqual([m["conversation_seq"] for m in page["messages"]], [1, 2, 3, 4])
            self.assertEqual((page["more"], page["next_seq"]), (True, 4))
            page = self.synchronise(client, peer, 8)["syncResponse"]
            self.assertEqual([m["content"] for m in page["messages"]], ["a5", "b5"])
            self.assertFalse(page.get("more"))
        page = self.synchronise(self.sender("eve"), "bob")["syncResponse"]
        self.assertEqual(page.get("messages", []), [], "eve's own conversation with bob is empty")
        listed = run_command("history", "alice", "bob", "--config", self.node.file)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        lines = [line.split("\t") for line in listed.stdout.splitlines()]
        shown = [(line[0], line[2], line[3]) for line in lines]
        self.assertEqual(shown[:3], [("1", "alice", "a1"), ("2", "bob", "b1"), ("3", "alice", "a2")])
        self.assertEqual(len(run_command("history", "alice", "bob", "--last", "3", "--config", self.node.file).stdout.splitlines()), 3)


class GroupTests(Stored):
    def command(self, *arguments):
        result = run_command("group", *arguments, "--config", self.node.file)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.splitlines()

    def group(self, client, name, content, msg_id=1):
        return self.send(client, "", content, msg_id, group=name)

    def test_a_groups_life(self):
        self.command("create", "team", "alice", "bob", "carol")
        self.assertEqual(self.command("members", "team"), ["alice", "bob", "carol"])
        self.assertIn("team", self.command("list"))
        alice, own, bob, eve = self.sender(), self.client("alice", "own"), self.client("bob"), self.sender("eve")
        self.assertTrue(self.group(alice, "team", "hi").get("result"))
        self.assertEqual(self.contents(bob, 1), ["hi"])
        self.assertEqual(self.contents(own, 1), ["hi"])
        self.assertTrue(alice.is_silent(), "not the sending session")
        self.assertEqual(self.contents(self.client("carol"), 1), ["hi"])
        self.assertEqual(self.group(eve, "team", "hi").get("code"), wire.REJECTED)
        self.assertEqual(self.group(eve, "nowhere", "hi", 2).get("code"), wire.NO_SUCH_USER)
        self.assertEqual(self.synchronise(eve, "group:team")["messageResponse"].get("code"), wire.REJECTED)
        self.command("add", "team", "eve")
        self.command("remove", "team", "bob")
        time.sleep(1)
        self.assertTrue(self.group(eve, "team", "now I may", 3).get("result"))
        self.assertEqual(self.contents(own, 1), ["now I may"])
        self.assertTrue(bob.is_silent())
        page = self.synchronise(eve, "group:team")["syncResponse"]
        self.assertEqual([m["content"] for m in page["messages"]], ["hi", "now I may"])
        late = self.client("eve", "late")
        self.assertEqual(self.contents(late, 1), ["now I may"], "what was sent before she came is not for her")

    def test_mistakes_are_told_in_a_line(self):
        self.command("create", "other")
        for arguments in (("create", "other"), ("add", "none", "x"), ("remove", "other", "x"), ("members", "none"), ("create", "a/b")):
            result = run_command("group", *arguments, "--config", self.node.file)
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)


class RetentionTests(Stored):
    config = {"store": {"retention": {"messages_per_conversation": 5, "interval_seconds": 1}}}

    def kept(self, client, peer):
        return [m["content"] for m in self.synchronise(client, peer)["syncResponse"].get("messages", [])]

    def await_kept(self, client, peer, expected):
        deadline = time.monotonic() + 20
        while self.kept(client, peer) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.kept(client, peer), expected)

    def test_the_newest_of_a_conversation_are_kept_and_what_waits(self):
        alice, ron = self.sender(), self.client("ron", "phone", capabilities=wire.ACKS)
        for n in range(1, 13):
            self.accept(alice, "ron", str(n), n)
            self.accept(alice, "rita", str(n), n)
        self.assertEqual(self.contents(ron, 12, ack=True), [str(n) for n in range(1, 13)])
        self.await_kept(alice, "ron", [str(n) for n in range(8, 13)])
        rita = self.client("rita", "phone", capabilities=wire.ACKS)
        self.assertEqual(self.contents(rita, 12), [str(n) for n in range(1, 13)], "nobody had got them")
        rita.close()
        rita = self.client("rita", "phone")
        self.assertEqual(self.contents(rita, 12), [str(n) for n in range(1, 13)])
        self.await_kept(alice, "rita", [str(n) for n in range(8, 13)])

    def test_when_devices_were_last_here(self):
        before = time.time() - 1
        self.client("uma", "phone").close()
        self.client("uma", "tablet")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            listed = run_command("user", "devices", "uma", "--config", self.node.file)
            self.assertEqual(listed.returncode, 0, listed.stderr)
            lines = dict(line.split("\t") for line in listed.stdout.splitlines())
            if len(lines) == 2:
                break
            time.sleep(0.2)
        self.assertEqual(sorted(lines), ["phone", "tablet"])
        for text in lines.values():
            self.assertGreaterEqual(datetime.datetime.fromisoformat(text).timestamp(), int(before))


class DiskTests(Stored):
    def test_a_sync_stands_between_a_message_and_its_receipt(self):
        strace = shutil.which("strace")
        if not strace:
            self.skipTest("there is no strace")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "trace"
            alice = self.sender()
            self.accept(alice, "zoe", "warm", 1)
            tracer = subprocess.Popen(
                [strace, "-f", "-e", "trace=fdatasync,fsync,recvfrom,read,sendmsg,writev,sendto,write", "-x", "-s", "400", "-o", file,
                 "-p", str(self.node.process.pid)], stderr=subprocess.PIPE, text=True)
            try:
                line = tracer.stderr.readline()
                if "attached" not in line:
                    self.skipTest(f"strace cannot run: {line}")
                time.sleep(0.5)
                self.accept(alice, "zoe", "is it on the disk", 2)
                self.accept(alice, "zoe", "and this one", 3)
            finally:
                tracer.terminate()
                tracer.communicate()
            text = file.read_text()
            for content in ("is it on the disk", "and this one"):
                came = text.index("".join(f"\\x{byte:02x}" for byte in content.encode())) if content not in text else text.index(content)
                rest = text[came:]
                synced = re.search(r"fdatasync\(.*\) += 0|fdatasync resumed.*= 0", rest)
                self.assertTrue(synced, "no fdatasync after the message came")
                # The receipt has the head's magic and type 6.
                answered = re.search(r"(send|write)\w*\(.*(\\x00\\x86\\x00\\x01|\\0\\206\\0\\1).*\\x08\\x06", rest)
                self.assertTrue(answered, "no receipt in the trace")
                self.assertLess(synced.start(), answered.start())

    def test_a_full_disk_refuses_and_then_goes_on(self):
        alice = self.sender()
        self.accept(alice, "yan", "before", 1)
        pid = self.node.process.pid
        largest = max(path.stat().st_size for path in (self.node.folder / "data").glob("messages.db*"))
        soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + 100_000, hard))
        accepted, refused = ["before"], []
        try:
            for n in range(2, 400):
                answer = self.send(alice, "yan", f"{n} " + "x" * 2000, n)
                (accepted if answer.get("result") else refused).append(f"{n} " + "x" * 2000)
                if not answer.get("result"):
                    self.assertEqual(answer["code"], wire.UNAVAILABLE, answer)
                    if len(refused) == 3:
                        break
            self.assertEqual(len(refused), 3, "the disk was to be full by now")
            store = self.node.json("/v1/status")[1]["store"]
            self.assertFalse(store["working"], store)
            self.assertIn("messages.db", store["failure"])
            self.assertEqual(self.node.metric("hpush_store_up"), 0)
            self.assert_alive()
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
        self.accept(alice, "yan", "after", 500)
        accepted.append("after")
        self.assertTrue(self.node.json("/v1/status")[1]["store"]["working"])
        self.node.kill()
        self.node.start()
        self.assertEqual(self.contents(self.client("yan"), len(accepted)), accepted)


if __name__ == "__main__":
    unittest.main()
