/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses messages for permessage-deflate (RFC 7692).
 *
 * <p>No context is kept, so what a message's receivers share is compressed once for all of them: deflate's blocks may stand one
 * behind the other, and the beginning of a MESSAGE, which differs, goes before the shared rest in a block that is merely stored.
 * The pieces of a large message are blocks for themselves as well. What was compressed last is remembered as long as its source
 * lives.
 *
 * <p>One for each event loop: a deflater takes some 260 KiB outside of the heap.
 */
final class Deflation {
    private static final int LEVEL = 3;

    /** The octets at the end of a flush that are cut off at the end of a message, and that the receiver puts back. */
    static final int CUT = 4;

    private static final byte[] NUL = {0};
    private static final int LEAST_ROOM = 64;
    private static final int REMEMBERED = 32;
    private static final int MOST_REMEMBERED = 64 * 1024;

    private static final int STORED_HEAD = 5;
    private static final int MOST_STORED = 0xffff;

    private static final Pattern COMPRESSED_TYPES = Pattern.compile(
            "(?i)image/(?!svg|bmp)|video/|audio/|application/(gzip|x-gzip|zip|zstd|x-7z|x-bzip|x-xz|x-brotli|pdf|java-archive)");

    /** Something compressed, and what it was made of. */
    private static final class Result extends WeakReference<byte[]> {
        private final int offset;
        private final byte[] octets;

        Result(byte[] source, int offset, byte[] octets) {
            super(source);
            this.offset = offset;
            this.octets = octets;
        }

        boolean isOf(byte[] other, int from) {
            return refersTo(other) && offset == from;
        }
    }

    private final Deflater deflater = new Deflater(LEVEL, true);
    private final @Nullable Result[] recent = new @Nullable Result[REMEMBERED];
    private byte[] compressed = new byte[4 * 1024];
    private int length;

    /** Whether it is not compressed already: binary, with a content-type that says so (WS-PMD-6). */
    static boolean isWorthIt(Message message) {
        String type = message.isText() ? null : message.headers().get("content-type");
        return type == null || !COMPRESSED_TYPES.matcher(type).lookingAt();
    }

    /**
     * Blocks with those octets, up to and with the octets that end a flush.
     *
     * @param source not changed afterwards by anybody
     * @param nul whether a NUL follows them; the same each time for the same source and offset
     */
    byte[] compress(byte[] source, int offset, int length, boolean nul) {
        int slot = (System.identityHashCode(source) + offset / Output.CHUNK) & (REMEMBERED - 1);
        Result known = recent[slot];
        if (known != null && known.isOf(source, offset)) {
            return known.octets;
        }
        byte[] octets = deflate(source, offset, length, nul);
        if (octets.length <= MOST_REMEMBERED) {
            recent[slot] = new Result(source, offset, octets);
        }
        return octets;
    }

    private byte[] deflate(byte[] source, int offset, int count, boolean nul) {
        length = 0;
        deflater.setInput(source, offset, count);
        if (nul) {
            deflate(Deflater.NO_FLUSH);
            deflater.setInput(NUL);
        }
        deflate(Deflater.SYNC_FLUSH);
        deflater.reset();
        return Arrays.copyOf(compressed, length);
    }

    private void deflate(int flush) {
        int room;
        int written;
        do {
            if (compressed.length - length < LEAST_ROOM) {
                compressed = Arrays.copyOf(compressed, compressed.length * 2);
            }
            room = compressed.length - length;
            written = deflater.deflate(compressed, length, room, flush);
            length += written;
        } while (written == room);
    }

    /** How many octets {@link #store} writes. */
    static int storedLength(int length) {
        return length + STORED_HEAD * ((length + MOST_STORED - 1) / MOST_STORED);
    }

    /** Writes the octets as blocks that are not compressed. */
    static void store(byte[] octets, Output out) {
        for (int at = 0; at < octets.length; at += MOST_STORED) {
            int count = Math.min(MOST_STORED, octets.length - at);
            out.octet(0);
            out.octet(count);
            out.octet(count >> 8);
            out.octet(~count);
            out.octet(~count >> 8);
            out.octets(octets, at, count);
        }
    }

    void release() {
        deflater.end();
        Arrays.fill(recent, null);
    }
}
