package interop;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** Passes whole frames on and insists on magic and version, which the length decoder behind it does not look at. */
final class HeaderCheck extends ByteToMessageDecoder {
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 8) {
            return;
        }
        int start = in.readerIndex();
        int magic = in.getUnsignedShort(start);
        int version = in.getUnsignedShort(start + 2);
        int length = in.getInt(start + 4);
        if (magic != FrameEncoder.MAGIC || version != FrameEncoder.VERSION || length < 0) {
            throw new Difference(String.format("frame header with magic 0x%04x, version %d, length %d", magic, version, length));
        }
        if (in.readableBytes() >= 8 + length) {
            out.add(in.readRetainedSlice(8 + length));
        }
    }
}
