/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import io.hoofbeat.protocol.FrameDecoder.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that comes out of a decoder for some input, in a form that can be compared.
 *
 * @param frames command, headers and body of each
 * @param lineEnds those between frames
 * @param insideFrame whether more is awaited
 * @param error the kind of what ended it, null if nothing did
 * @param message its text
 * @param command the command of the frame it was found in
 * @param receipt the receipt it carries
 */
record Decoded(
        List<String> frames,
        long lineEnds,
        boolean insideFrame,
        @Nullable String error,
        @Nullable String message,
        @Nullable String command,
        @Nullable String receipt) {

    /** How the octets come. */
    enum Memory {
        HEAP,
        DIRECT;

        ByteBuf buffer(byte[] octets) {
            return this == HEAP
                    ? Unpooled.wrappedBuffer(octets)
                    : Unpooled.directBuffer(octets.length).writeBytes(octets);
        }
    }

    /**
     * Feeds pieces to a decoder.
     *
     * @param version fixed from the beginning; null: none
     * @param then fixed as soon as the first frame came out; null: none
     */
    static Decoded of(
            Side side,
            CodecLimits limits,
            @Nullable Version version,
            @Nullable Version then,
            List<byte[]> pieces,
            Memory memory) {
        FrameDecoder decoder = new FrameDecoder(side, limits);
        if (version != null) {
            decoder.use(version);
        }
        List<String> frames = new ArrayList<>();
        ProtocolException error = null;
        for (byte[] piece : pieces) {
            ByteBuf in = memory.buffer(piece);
            try {
                Frame frame;
                while ((frame = decoder.decode(in)) != null) {
                    frames.add(show(frame));
                    if (then != null) {
                        decoder.use(then);
                    }
                }
            } catch (ProtocolException e) {
                if (error != null) {
                    throw new AssertionError("a second error", e);
                }
                error = e;
            }
            if (in.isReadable()) {
                throw new AssertionError("octets were left although no frame came");
            }
            in.release();
        }
        return new Decoded(
                frames,
                decoder.lineEnds(),
                decoder.isInsideFrame(),
                error == null ? null : error.kind().text(),
                error == null ? null : error.getMessage(),
                error == null ? null : error.command(),
                error == null ? null : error.receipt());
    }

    static String show(Frame frame) {
        StringBuilder text = new StringBuilder(frame.command().name());
        for (int i = 0; i < frame.headers().size(); i++) {
            show(text, frame.headers().name(i), frame.headers().value(i));
        }
        return text.append(" body ")
                .append(HexFormat.of().formatHex(frame.body()))
                .toString();
    }

    static void show(StringBuilder text, String name, String value) {
        text.append(" [").append(name).append('=').append(value).append(']');
    }
}
