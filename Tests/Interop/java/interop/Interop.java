package interop;

import com.google.protobuf.TextFormat;
import hpush.proto.HPushProto.HeadType;
import hpush.proto.HPushProto.Message;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;

/** Plays two users of the old Java clients against a node: java interop.Interop HOST PORT [USER1 TOKEN1 USER2 TOKEN2] */
public final class Interop {
    private static final int MESSAGES = 1000;
    private static final int BEAT_EVERY = 100;
    /** Sent at a time in one direction before the other one's turn: below the default burst of the rate limit. */
    private static final int BURST = 20;

    private Interop() {
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2 && arguments.length != 6) {
            System.err.println("usage: interop.Interop HOST PORT [USER1 TOKEN1 USER2 TOKEN2]");
            System.exit(2);
        }
        String[] users = arguments.length == 6
                ? new String[] {arguments[2], arguments[3], arguments[4], arguments[5]}
                : new String[] {"java-alice", "", "java-bob", ""};
        EventLoopGroup group = new NioEventLoopGroup(1);
        int status = 0;
        try {
            System.out.println("interop: ok " + run(group, arguments[0], Integer.parseInt(arguments[1]), users));
        } catch (Exception problem) {
            // Netty throws checked exceptions that no signature names, such as a refused connection.
            System.out.println("interop: failed: "
                    + (problem instanceof Difference ? problem.getMessage() : problem.toString()));
            status = 1;
        }
        System.exit(status);
    }

    private static String run(EventLoopGroup group, String host, int port, String[] users) throws Exception {
        long pause = Long.getLong("interop.pauseMillis", 0);
        Peer alice = new Peer(group, host, port, users[0]);
        Peer bob = new Peer(group, host, port, users[2]);
        String first = alice.login(users[1]);
        String second = bob.login(users[3]);
        if (first.equals(second)) {
            throw new Difference("two sessions have the same id " + first);
        }
        int beats = 0;
        for (int sent = 0; sent < MESSAGES; sent += BURST) {
            for (int i = sent; i < sent + BURST; i++) {
                alice.sendMessage(bob.uid, i + 1, content(alice, i));
                bob.sendMessage(alice.uid, i + 1, content(bob, i));
            }
            for (int i = sent; i < sent + BURST; i++) {
                expectMessage(bob, alice, i);
                expectMessage(alice, bob, i);
            }
            if (sent % BEAT_EVERY == 0) {
                expectEcho(alice, ++beats);
                expectEcho(bob, beats);
            }
            // Lets a node with a small rate limit keep up.
            Thread.sleep(pause);
        }
        if (!Boolean.getBoolean("interop.skipLogout")) {
            logout(alice);
            logout(bob);
        }
        return MESSAGES + " messages each way in order, " + 2 * beats + " heartbeats echoed";
    }

    private static String content(Peer from, int number) {
        return from.uid + " says " + number + ": gr\u00fc\u00df dich, \u4f60\u597d, \ud83d\ude00";
    }

    private static void expectMessage(Peer at, Peer from, int number) throws InterruptedException {
        String expected = "message " + number + " of " + from.uid;
        Message message = at.next(expected);
        check(message.getType() == HeadType.MESSAGE_REQUEST, at.uid, expected, message);
        check(message.getMessageRequest().getContent().equals(content(from, number)), at.uid, expected, message);
        check(message.getMessageRequest().getMsgId() == number + 1, at.uid, expected + " with its msg_id", message);
        check(message.getMessageRequest().getFrom().equals(from.uid), at.uid, expected + " with its sender", message);
        check(message.getMessageRequest().getTo().equals(at.uid), at.uid, expected + " with its recipient", message);
        check(message.getMessageRequest().getJson().equals("{\"n\":" + (number + 1) + "}"), at.uid,
                expected + " with its json", message);
    }

    private static void expectEcho(Peer peer, int sequence) throws InterruptedException {
        peer.sendHeartBeat(sequence);
        String expected = "the echo of heartbeat " + sequence;
        Message echo = peer.next(expected);
        check(echo.getType() == HeadType.HEART_BEAT, peer.uid, expected, echo);
        check(echo.getHeartBeat().getSeq() == sequence && echo.getSequence() == sequence, peer.uid,
                expected + " with the same seq", echo);
        check(echo.getHeartBeat().getUid().equals(peer.uid) && echo.getHeartBeat().getJson().equals("{\"beat\":true}"),
                peer.uid, expected + " as it was sent", echo);
    }

    private static void logout(Peer peer) throws InterruptedException {
        peer.send(Message.newBuilder().setType(HeadType.LOGOUT_REQUEST).setSequence(77));
        Message answer = peer.next("the answer to its logout");
        check(answer.getType() == HeadType.LOGOUT_RESPONSE && answer.getSequence() == 77, peer.uid,
                "a LOGOUT_RESPONSE with sequence 77", answer);
        peer.awaitClose();
    }

    static void check(boolean holds, String uid, String expected, Message got) {
        if (!holds) {
            throw new Difference(uid + ": expected " + expected + ", got " + TextFormat.shortDebugString(got));
        }
    }
}
