/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates one message of permessage-deflate (RFC 7692) in pieces, so that no more is inflated than is wanted (WS-PMD-4).
 *
 * <p>No context is kept from message to message, so a connection needs an inflater, which is 40 KiB outside of the heap, only
 * while a compressed message is under way, and the connections of an event loop share the array that pieces come in.
 */
final class Inflation {

    /** The inflaters of an event loop that are not in use, and the array for pieces. */
    static final class Pool {
        private static final int PIECE = 64 * 1024;
        private static final int KEPT = 16;

        private final ArrayDeque<Inflater> idle = new ArrayDeque<>();
        private byte[] piece = {};

        Inflation take(long most) {
            Inflater inflater = idle.poll();
            return new Inflation(this, inflater == null ? new Inflater(true) : inflater, most);
        }

        private byte[] piece() {
            if (piece.length == 0) {
                piece = new byte[PIECE];
            }
            return piece;
        }

        private void put(Inflater inflater) {
            if (idle.size() < KEPT) {
                inflater.reset();
                idle.push(inflater);
            } else {
                inflater.end();
            }
        }

        /** The event loop ends. */
        void release() {
            idle.forEach(Inflater::end);
            idle.clear();
        }
    }

    /** What the sender cut off the end of the message. */
    private static final byte[] END = {0, 0, (byte) 0xff, (byte) 0xff};

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Pool pool;
    private final Inflater inflater;
    private final long most;
    private ByteBuffer input = NOTHING;
    private long inflated;

    private boolean isLast;
    private boolean isEndFed;

    private Inflation(Pool pool, Inflater inflater, long most) {
        this.pool = pool;
        this.most = most;
        this.inflater = inflater;
    }

    /** More of the message. Only when {@link #next} has returned null. */
    void input(ByteBuffer octets) {
        input = octets;
        inflater.setInput(octets);
    }

    /** Nothing more will come. */
    void end() {
        isLast = true;
    }

    /** Whether all has come out. */
    boolean isEnded() {
        return isEndFed && !input.hasRemaining();
    }

    /** Null if it needs input or has ended; else good until the next call for any connection of the event loop. */
    @Nullable ByteBuf next() {
        byte[] piece = pool.piece();
        while (true) {
            int length = inflate(piece);
            inflated += length;
            if (inflated > most) {
                throw new WebSocketException(
                        CloseCode.TOO_LARGE, "a compressed message of more than " + most + " octets");
            }
            if (length > 0) {
                return Unpooled.wrappedBuffer(piece, 0, length);
            }
            if (inflater.needsDictionary()) {
                throw broken();
            }
            if (inflater.finished() && input.hasRemaining()) {
                // A block that called itself the last one: allowed, and followed by more (RFC 7692, 7.2.3.5).
                inflater.reset();
                inflater.setInput(input);
            } else if (isLast && !isEndFed) {
                isEndFed = true;
                if (inflater.finished()) {
                    inflater.reset();
                }
                input(ByteBuffer.wrap(END));
            } else {
                return null;
            }
        }
    }

    private int inflate(byte[] piece) {
        try {
            return inflater.inflate(piece);
        } catch (DataFormatException e) {
            throw broken();
        }
    }

    private static WebSocketException broken() {
        return new WebSocketException(CloseCode.BAD_DATA, "a compressed message that does not inflate");
    }

    void release() {
        input = NOTHING;
        pool.put(inflater);
    }
}
