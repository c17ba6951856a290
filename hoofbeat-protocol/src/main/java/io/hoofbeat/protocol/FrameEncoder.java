/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Frames out to a buffer, with LF as the only line end and without any padding (S10-EOL-5, S11-PAD-2).
 *
 * <p>What is written is read again as the same frame, whatever its headers say: nothing in a header can end a line, and
 * content-length is always that of the body. What a version cannot carry is replaced or left out (SX-DOWN-1).
 *
 * <p>The buffer remains the caller's. Thread-safe.
 */
public final class FrameEncoder {

    private static final String CONTENT_LENGTH = "content-length";

    private static final byte[] ESCAPES_1_1 = escapes(Version.V1_1);
    private static final byte[] ESCAPES_1_2 = escapes(Version.V1_2);

    private FrameEncoder() {}

    /** For each octet the letter behind the backslash, 0 if the octet stands for itself (S11-ESC-6). */
    private static byte[] escapes(Version version) {
        byte[] escapes = new byte[256];
        escapes['\\'] = '\\';
        escapes['\n'] = 'n';
        escapes[':'] = 'c';
        if (version.escapesCarriageReturn()) {
            escapes['\r'] = 'r';
        }
        return escapes;
    }

    /**
     * Writes the whole frame, NUL included. The headers CONNECT, STOMP and CONNECTED are not escaped (S11-ESC-7). An entry
     * content-length gets the length of the body; without one it is added only to a body that has a NUL in it (S11-BODY-7).
     *
     * @throws IllegalArgumentException if a header cannot be carried without escaping; nothing is written then
     */
    public static void encode(Frame frame, Version version, ByteBuf out) {
        Headers headers = frame.headers();
        boolean raw = frame.command().isRaw();
        if (raw) {
            requireRaw(headers);
        }
        begin(frame, out);
        for (int i = 0; i < headers.size(); i++) {
            if (headers.isNamed(i, CONTENT_LENGTH)) {
                contentLength(frame, out);
            } else if (raw) {
                raw(headers, i, out);
            } else {
                header(headers, i, version, out);
            }
        }
        end(frame, out);
    }

    /**
     * Writes a frame while no version is fixed: CONNECT, STOMP, CONNECTED, or the ERROR that refuses a connection. Of the
     * last, headers are left out which are written differently in different versions (SX-ERR-2).
     *
     * @throws IllegalArgumentException as above
     */
    public static void encode(Frame frame, ByteBuf out) {
        if (frame.command().isRaw()) {
            encode(frame, Version.V1_2, out);
            return;
        }
        if (frame.command() != Command.ERROR) {
            throw new IllegalArgumentException(frame.command() + " is not sent before a version is fixed");
        }
        Headers headers = frame.headers();
        begin(frame, out);
        for (int i = 0; i < headers.size(); i++) {
            if (headers.isNamed(i, CONTENT_LENGTH)) {
                contentLength(frame, out);
            } else if (!needsEscape(headers.octets, headers.nameStart(i), headers.valueEnd(i))) {
                raw(headers, i, out);
            }
        }
        end(frame, out);
    }

    private static boolean needsEscape(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (ESCAPES_1_2[octets[i] & 0xff] != 0) {
                return true;
            }
        }
        return false;
    }

    private static void begin(Frame frame, ByteBuf out) {
        Headers headers = frame.headers();
        out.ensureWritable(16 + headers.octets() + 2 * headers.size() + frame.body().length);
        out.writeBytes(frame.command().octets);
        out.writeByte('\n');
    }

    private static void end(Frame frame, ByteBuf out) {
        byte[] body = frame.body();
        if (body.length > 0 && !frame.headers().contains(CONTENT_LENGTH) && hasNul(body)) {
            contentLength(frame, out);
        }
        out.writeByte('\n');
        out.writeBytes(body);
        out.writeByte(0);
    }

    private static boolean hasNul(byte[] body) {
        for (byte octet : body) {
            if (octet == 0) {
                return true;
            }
        }
        return false;
    }

    private static void contentLength(Frame frame, ByteBuf out) {
        ByteBufUtil.writeAscii(out, CONTENT_LENGTH);
        out.writeByte(':');
        ByteBufUtil.writeAscii(out, Integer.toString(frame.body().length));
        out.writeByte('\n');
    }

    /** That no name has a colon or a line end in it, no value an LF, and none ends in a CR: else other headers would be read. */
    private static void requireRaw(Headers headers) {
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            String value = headers.value(i);
            boolean carried = name.indexOf(':') < 0
                    && name.indexOf('\r') < 0
                    && name.indexOf('\n') < 0
                    && value.indexOf('\n') < 0
                    && !value.endsWith("\r");
            if (!carried) {
                throw new IllegalArgumentException(
                        "CONNECT, STOMP and CONNECTED cannot carry the line ends or colons of " + Fault.shown(name));
            }
        }
    }

    private static void raw(Headers headers, int index, ByteBuf out) {
        int nameStart = headers.nameStart(index);
        int nameEnd = headers.nameEnd(index);
        out.writeBytes(headers.octets, nameStart, nameEnd - nameStart);
        out.writeByte(':');
        out.writeBytes(headers.octets, nameEnd, headers.valueEnd(index) - nameEnd);
        out.writeByte('\n');
    }

    /**
     * Writes one line: name, colon, value, LF, escaped as the version asks. Leaves it out if the version cannot carry its
     * name, and writes blanks for line ends that it cannot carry in the value (SX-DOWN-1).
     *
     * @throws IllegalArgumentException if the name is empty or there is a NUL, which no version can carry
     */
    public static void header(String name, String value, Version version, ByteBuf out) {
        Headers.check(name, value);
        if (isPlain(name) && isPlain(value)) {
            ByteBufUtil.writeUtf8(out, name);
            out.writeByte(':');
            ByteBufUtil.writeUtf8(out, value);
            out.writeByte('\n');
        } else {
            byte[] nameOctets = name.getBytes(UTF_8);
            byte[] valueOctets = value.getBytes(UTF_8);
            header(nameOctets, 0, nameOctets.length, valueOctets, 0, valueOctets.length, version, out);
        }
    }

    /** Whether there is nothing to escape, replace or trim in any version. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == ':' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** The same for an entry of some headers. */
    public static void header(Headers headers, int index, Version version, ByteBuf out) {
        byte[] octets = headers.octets;
        int nameEnd = headers.nameEnd(index);
        header(octets, headers.nameStart(index), nameEnd, octets, nameEnd, headers.valueEnd(index), version, out);
    }

    private static void header(
            byte[] name,
            int nameStart,
            int nameEnd,
            byte[] value,
            int valueStart,
            int valueEnd,
            Version version,
            ByteBuf out) {
        switch (version) {
            case V1_0 -> {
                if (isNameIn10(name, nameStart, nameEnd)) {
                    out.writeBytes(name, nameStart, nameEnd - nameStart);
                    out.writeByte(':');
                    downgraded(value, valueStart, valueEnd, out);
                    out.writeByte('\n');
                }
            }
            case V1_1, V1_2 -> {
                byte[] escapes = version == Version.V1_2 ? ESCAPES_1_2 : ESCAPES_1_1;
                escaped(name, nameStart, nameEnd, escapes, out);
                out.writeByte(':');
                escaped(value, valueStart, valueEnd, escapes, out);
                out.writeByte('\n');
            }
        }
    }

    private static void escaped(byte[] octets, int from, int to, byte[] escapes, ByteBuf out) {
        int written = from;
        for (int i = from; i < to; i++) {
            byte letter = escapes[octets[i] & 0xff];
            if (letter != 0) {
                out.writeBytes(octets, written, i - written);
                out.writeByte('\\');
                out.writeByte(letter);
                written = i + 1;
            }
        }
        out.writeBytes(octets, written, to - written);
    }

    /**
     * Whether 1.0 can carry a name: without colon and line ends, and without blanks at its ends. Readers of 1.0 trim names
     * (SX-PAD-1), so that " content-length" from a publisher of 1.2 would become the real one and split the frame.
     */
    private static boolean isNameIn10(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            byte octet = octets[i];
            if (octet == ':' || octet == '\n' || octet == '\r') {
                return false;
            }
        }
        return !isPadding(octets[from]) && !isPadding(octets[to - 1]);
    }

    /** What some reader of 1.0 may trim: all that Java's own trim takes away. */
    private static boolean isPadding(byte octet) {
        return octet >= 0 && octet <= ' ';
    }

    private static void downgraded(byte[] octets, int from, int to, ByteBuf out) {
        int written = from;
        for (int i = from; i < to; i++) {
            if (octets[i] == '\n' || octets[i] == '\r') {
                out.writeBytes(octets, written, i - written);
                out.writeByte(' ');
                written = i + 1;
            }
        }
        out.writeBytes(octets, written, to - written);
    }
}
