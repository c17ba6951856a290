/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Message;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.Deflater;

/**
 * Compresses messages for permessage-deflate (RFC 7692), each for itself. One for each event loop: a deflater takes some 260 KiB
 * outside of the heap.
 */
final class Deflation {
    private static final int LEVEL = 3;

    /** The octets at the end of a flush that the receiver puts back. */
    private static final int CUT = 4;

    private static final int LEAST_ROOM = 64;

    private static final Pattern COMPRESSED_TYPES = Pattern.compile(
            "(?i)image/(?!svg|bmp)|video/|audio/|application/(gzip|x-gzip|zip|zstd|x-7z|x-bzip|x-xz|x-brotli|pdf|java-archive)");

    private final Deflater deflater = new Deflater(LEVEL, true);
    private byte[] compressed = new byte[4 * 1024];
    private int length;

    /** The array of what was compressed last. */
    byte[] octets() {
        return compressed;
    }

    /**
     * Compresses both, one behind the other.
     *
     * @return how many octets of {@link #octets} it is
     */
    int compress(byte[] head, byte[] tail) {
        length = 0;
        deflater.setInput(head);
        deflate(Deflater.NO_FLUSH);
        deflater.setInput(tail);
        deflate(Deflater.SYNC_FLUSH);
        deflater.reset();
        return length - CUT;
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

    /** Whether it is not compressed already: binary, with a content-type that says so (WS-PMD-6). */
    static boolean isWorthIt(Message message) {
        String type = message.isText() ? null : message.headers().get("content-type");
        return type == null || !COMPRESSED_TYPES.matcher(type).lookingAt();
    }

    void release() {
        deflater.end();
    }
}
