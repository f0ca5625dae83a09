package interop;

import hpush.proto.HPushProto.HeadType;
import hpush.proto.HPushProto.LoginRequest;
import hpush.proto.HPushProto.Message;
import hpush.proto.HPushProto.MessageHeartBeat;
import hpush.proto.HPushProto.MessageRequest;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.protobuf.ProtobufDecoder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One user's connection, as the old Java clients make it: a frame decoder, protobuf, a handler. */
final class Peer {
    /** Comes into the queue when the node closes. */
    private static final Message CLOSED = Message.newBuilder().setSequence(Long.MAX_VALUE).build();

    final String uid;
    private final Channel channel;
    private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();

    Peer(EventLoopGroup group, String host, int port, String uid) throws InterruptedException {
        this.uid = uid;
        Bootstrap bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HeaderCheck())
                                .addLast(new LengthFieldBasedFrameDecoder(1 << 20, 4, 4, 0, 8))
                                .addLast(new ProtobufDecoder(Message.getDefaultInstance()))
                                .addLast(new FrameEncoder())
                                .addLast(new Receiver());
                    }
                });
        channel = bootstrap.connect(host, port).sync().channel();
    }

    /** Logs in and returns the session id. */
    String login(String token) throws InterruptedException {
        send(Message.newBuilder().setType(HeadType.LOGIN_REQUEST).setSequence(11)
                .setLoginRequest(LoginRequest.newBuilder().setUid(uid).setDeviceId("java-" + uid).setToken(token)
                        .setPlatform(1).setAppVersion("1.0")));
        Message answer = next("the answer to its login");
        Interop.check(answer.getType() == HeadType.LOGIN_RESPONSE, uid, "a LOGIN_RESPONSE", answer);
        Interop.check(answer.getLoginResponse().getResult() && answer.getLoginResponse().getCode() == 0, uid,
                "an accepted login with code 0", answer);
        Interop.check(answer.getSequence() == 11, uid, "the login's sequence 11", answer);
        Interop.check(answer.getSessionId().matches("[0-9a-f]{32}"), uid, "a session id of 32 hex digits", answer);
        return answer.getSessionId();
    }

    void sendMessage(String to, long number, String content) {
        send(Message.newBuilder().setType(HeadType.MESSAGE_REQUEST).setSequence(1000 + number)
                .setMessageRequest(MessageRequest.newBuilder().setMsgId(number).setFrom(uid).setTo(to)
                        .setTime(System.currentTimeMillis()).setMsgType(1).setContent(content)
                        .setFromNick(uid.toUpperCase()).setJson("{\"n\":" + number + "}")));
    }

    void sendHeartBeat(int sequence) {
        send(Message.newBuilder().setType(HeadType.HEART_BEAT).setSequence(sequence)
                .setHeartBeat(MessageHeartBeat.newBuilder().setSeq(sequence).setUid(uid).setJson("{\"beat\":true}")));
    }

    void send(Message.Builder message) {
        channel.writeAndFlush(message.build());
    }

    /** The next message that is no notification: those come when the node likes. */
    Message next(String expected) throws InterruptedException {
        while (true) {
            Message message = received.poll(10, TimeUnit.SECONDS);
            if (message == null) {
                throw new Difference(uid + ": expected " + expected + ", got nothing in 10 s");
            }
            if (message == CLOSED) {
                throw new Difference(uid + ": expected " + expected + ", but the node closed the connection");
            }
            if (message.getType() != HeadType.MESSAGE_NOTIFICATION) {
                return message;
            }
        }
    }

    /** Waits until the node has closed. */
    void awaitClose() throws InterruptedException {
        if (!channel.closeFuture().await(10, TimeUnit.SECONDS)) {
            throw new Difference(uid + ": expected the node to close after the logout, still open after 10 s");
        }
    }

    private final class Receiver extends SimpleChannelInboundHandler<Message> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, Message message) {
            received.add(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            received.add(CLOSED);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.err.println("interop: " + uid + ": " + cause);
            context.close();
        }
    }
}
