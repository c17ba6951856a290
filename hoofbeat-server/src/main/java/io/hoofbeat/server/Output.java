/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a drain puts octets: one for each event loop, used by one connection after the other.
 *
 * <p>What is small is gathered in one array of the loop's, and goes to the channel in buffers of just the size that is needed: a
 * second copy of a few hundred octets is cheaper than guessing how large a buffer must be, and nothing too large waits in the
 * channel of a slow client. Large bodies go from the message to such a buffer directly, a piece at a time.
 */
final class Output {
    /** Also the largest buffer that is handed to a channel in one piece. */
    static final int CHUNK = 64 * 1024;

    private static final int KEPT_SCRATCH = 16 * 1024;

    /** Five digits, enough for the largest piece, and a line end. */
    private static final int CHUNK_HEAD = 7;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] gathered = new byte[CHUNK];
    private int used;
    /** For frames, whose length must be known before they are written. */
    private ByteBuf scratch = Unpooled.buffer(1024);

    private @Nullable ChannelHandlerContext target;
    private long room;
    private long total;
    private boolean isChunked;

    /**
     * Starts a drain into that channel.
     *
     * @param room about how many octets it should get at most
     */
    void begin(ChannelHandlerContext target, long room) {
        this.target = target;
        this.room = room;
        used = 0;
        total = 0;
        isChunked = false;
    }

    /** Whether from here on what is handed to the channel in one piece is a chunk of HTTP. */
    void chunked(boolean chunked) {
        handOver();
        isChunked = chunked;
    }

    boolean hasRoom() {
        return total < room;
    }

    /** How many octets it were so far. */
    long total() {
        return total;
    }

    void octet(int octet) {
        if (used == CHUNK) {
            handOver();
        }
        gathered[used++] = (byte) octet;
        total++;
    }

    void octets(byte[] from) {
        octets(from, 0, from.length);
    }

    void octets(byte[] from, int offset, int length) {
        if (length > CHUNK - used) {
            handOver();
            if (length > CHUNK / 2) {
                octetsDirectly(from, offset, length);
                return;
            }
        }
        System.arraycopy(from, offset, gathered, used, length);
        used += length;
        total += length;
    }

    private void octetsDirectly(byte[] from, int offset, int length) {
        for (int at = 0; at < length; at += CHUNK) {
            int piece = Math.min(CHUNK, length - at);
            write(from, offset + at, piece);
        }
        total += length;
    }

    private void write(byte[] from, int offset, int length) {
        ChannelHandlerContext channel = Objects.requireNonNull(target);
        int around = isChunked ? CHUNK_HEAD + 2 : 0;
        ByteBuf piece = channel.alloc().directBuffer(length + around, length + around);
        if (isChunked) {
            for (int shift = 16; shift >= 0; shift -= 4) {
                piece.writeByte(HEX[(length >> shift) & 0xf]);
            }
            piece.writeShort('\r' << 8 | '\n');
            piece.writeBytes(from, offset, length);
            piece.writeShort('\r' << 8 | '\n');
        } else {
            piece.writeBytes(from, offset, length);
        }
        channel.write(piece, channel.voidPromise());
    }

    /** The frame as octets, at the start of the array of the returned buffer; good until the next call. */
    ByteBuf encode(Frame frame, @Nullable Version version) {
        if (scratch.capacity() > KEPT_SCRATCH) {
            scratch = Unpooled.buffer(1024);
        }
        scratch.clear();
        if (version == null) {
            FrameEncoder.encode(frame, scratch);
        } else {
            FrameEncoder.encode(frame, version, scratch);
        }
        return scratch;
    }

    /** Hands what there is to the channel, as a piece of its own. */
    void handOver() {
        if (used > 0) {
            write(gathered, 0, used);
            used = 0;
        }
    }

    /** Hands the rest to the channel; the caller flushes. */
    void end() {
        handOver();
        target = null;
    }
}
