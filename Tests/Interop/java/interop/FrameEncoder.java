package interop;

import hpush.proto.HPushProto.Message;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/** Puts magic, version and length before a message. */
final class FrameEncoder extends MessageToByteEncoder<Message> {
    static final int MAGIC = 0x0086;
    static final int VERSION = 0x0001;

    @Override
    protected void encode(ChannelHandlerContext context, Message message, ByteBuf out) {
        byte[] body = message.toByteArray();
        out.writeShort(MAGIC);
        out.writeShort(VERSION);
        out.writeInt(body.length);
        out.writeBytes(body);
    }
}
