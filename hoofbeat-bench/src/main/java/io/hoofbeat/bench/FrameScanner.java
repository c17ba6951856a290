/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames in what a server sent, and in each the few places that the tool looks at; it makes no object of them. The
 * places are valid while a frame is being handled. Used by the loop's thread.
 *
 * <p>It trusts the server: escapes are not resolved, and a header that is not looked at is not checked.
 */
final class FrameScanner {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LINE_FEEDS = 0x0a0a0a0a0a0a0a0aL;
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(UTF_8);
    private static final byte[] ACK = "ack:".getBytes(UTF_8);

    /** Takes each frame. */
    interface Handler {
        void frame(Link link, FrameScanner frame);
    }

    private byte[] in = {};
    private int start;
    private int bodyStart;
    private int bodyEnd;
    private int ackStart;
    private int ackEnd;

    /** Hands over each complete frame; where the first incomplete one begins. */
    int scan(byte[] octets, int from, int to, Link link, Handler handler) {
        in = octets;
        int at = from;
        while (true) {
            while (at < to && (octets[at] == '\n' || octets[at] == '\r')) {
                at++;
            }
            if (at == to || !find(at, to)) {
                return at;
            }
            at = bodyEnd + 1;
            handler.frame(link, this);
            in = octets;
        }
    }

    private boolean find(int from, int to) {
        start = from;
        ackStart = ackEnd = 0;
        int contentLength = -1;
        int line = from;
        while (true) {
            int end = lineFeed(in, line, to);
            if (end < 0) {
                return false;
            }
            byte first = in[line];
            if (first == '\n' || (first == '\r' && end == line + 1)) {
                return findBody(end + 1, contentLength, to);
            }
            if (first == 'c' && contentLength < 0 && begins(line, end, CONTENT_LENGTH)) {
                contentLength = decimal(line + CONTENT_LENGTH.length, end);
            } else if (first == 'a' && ackEnd == 0 && begins(line, end, ACK)) {
                ackStart = line + ACK.length;
                ackEnd = in[end - 1] == '\r' ? end - 1 : end;
            }
            line = end + 1;
        }
    }

    private boolean findBody(int from, int contentLength, int to) {
        bodyStart = from;
        bodyEnd = from;
        if (contentLength >= 0) {
            bodyEnd = from + contentLength;
            return bodyEnd < to;
        }
        while (bodyEnd < to && in[bodyEnd] != 0) {
            bodyEnd++;
        }
        return bodyEnd < to;
    }

    /** The next LF, eight octets at a time; -1 if there is none. */
    static int lineFeed(byte[] in, int from, int to) {
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = (long) LONGS.get(in, at) ^ LINE_FEEDS;
            long found = (word - ONES) & ~word & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        for (; at < to; at++) {
            if (in[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    private boolean begins(int from, int to, byte[] name) {
        if (to - from < name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (in[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private int decimal(int from, int to) {
        int value = 0;
        for (int i = from; i < to && in[i] >= '0' && in[i] <= '9'; i++) {
            value = value * 10 + in[i] - '0';
        }
        return value;
    }

    // ---- of the frame that is being handled

    /** The first letter of its command, which is enough to tell MESSAGE, RECEIPT, ERROR and CONNECTED. */
    byte command() {
        return in[start];
    }

    byte[] octets() {
        return in;
    }

    int bodyStart() {
        return bodyStart;
    }

    int bodyLength() {
        return bodyEnd - bodyStart;
    }

    /** Where the value of {@code ack} begins. */
    int ackStart() {
        return ackStart;
    }

    /** 0 if there is no {@code ack}. */
    int ackLength() {
        return ackEnd - ackStart;
    }

    /** The value of a header, the slow way. */
    @Nullable String header(String name) {
        String[] lines = new String(in, start, bodyStart - start, UTF_8).split("\r?\n", -1);
        for (String line : lines) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1);
            }
        }
        return null;
    }

    /** The frame without its body, for a message to people. */
    String describe() {
        return new String(in, start, Math.min(bodyEnd - start, 300), UTF_8).replace('\n', '|');
    }
}
