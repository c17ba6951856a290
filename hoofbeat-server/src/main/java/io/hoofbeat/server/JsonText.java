/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Texts in UTF-8 as the inside of JSON strings, escaped as SockJS asks for: beside what JSON demands, all that some browser or
 * proxy has been seen to mangle (SJ-CHAR-1), and what lies beyond the first 65536 characters, as surrogates (SJ-CHAR-2).
 */
final class JsonText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);

    /** Of each octet: 0 as it is; a letter: a backslash and it; {@link #CODE} or {@link #MAYBE}. */
    private static final byte[] ESCAPES = new byte[256];

    /** A backslash, u and four digits. */
    private static final byte CODE = 1;

    /** The first of several, which have to be looked at. */
    private static final byte MAYBE = 2;

    private static final int CODE_LENGTH = 6;

    static {
        for (int control = 0; control < ' '; control++) {
            ESCAPES[control] = CODE;
        }
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
        ESCAPES[0xe2] = MAYBE;
        ESCAPES[0xef] = MAYBE;
        for (int first = 0xf0; first <= 0xf4; first++) {
            ESCAPES[first] = MAYBE;
        }
    }

    private JsonText() {}

    static byte[] quote(byte[] text) {
        return quote(text, 0, text.length);
    }

    /** Without the quotes around it. The text is UTF-8, and not cut within a character. */
    static byte[] quote(byte[] text, int offset, int length) {
        int end = offset + length;
        byte[] quoted = new byte[quotedLength(text, offset, end)];
        int to = 0;
        int at = offset;
        while (at < end) {
            byte octet = text[at];
            byte escape = ESCAPES[octet & 0xff];
            if (escape == 0) {
                quoted[to++] = octet;
                at++;
            } else if (escape > MAYBE) {
                quoted[to++] = '\\';
                quoted[to++] = escape;
                at++;
            } else if (escape == CODE) {
                to = code(octet, quoted, to);
                at++;
            } else if (isFour(octet)) {
                int character = ((octet & 0x07) << 18)
                        | (low(text, at + 1) << 12)
                        | (low(text, at + 2) << 6)
                        | low(text, at + 3);
                to = code(Character.highSurrogate(character), quoted, to);
                to = code(Character.lowSurrogate(character), quoted, to);
                at += 4;
            } else if (isMangled(text, at)) {
                to = code(((octet & 0x0f) << 12) | (low(text, at + 1) << 6) | low(text, at + 2), quoted, to);
                at += 3;
            } else {
                quoted[to++] = octet;
                at++;
            }
        }
        return quoted;
    }

    private static int quotedLength(byte[] text, int offset, int end) {
        int length = 0;
        int at = offset;
        while (at < end) {
            byte octet = text[at];
            byte escape = ESCAPES[octet & 0xff];
            if (escape == 0) {
                length++;
                at++;
            } else if (escape > MAYBE) {
                length += 2;
                at++;
            } else if (escape == CODE) {
                length += CODE_LENGTH;
                at++;
            } else if (isFour(octet)) {
                length += 2 * CODE_LENGTH;
                at += 4;
            } else if (isMangled(text, at)) {
                length += CODE_LENGTH;
                at += 3;
            } else {
                length++;
                at++;
            }
        }
        return length;
    }

    private static boolean isFour(byte first) {
        return (first & 0xff) >= 0xf0;
    }

    /** U+200C to 200F, U+2028 to 202F, U+2060 to 206F, U+FFF0 to FFFF. */
    private static boolean isMangled(byte[] text, int at) {
        int second = text[at + 1] & 0xff;
        int third = text[at + 2] & 0xff;
        if (text[at] == (byte) 0xef) {
            return second == 0xbf && third >= 0xb0;
        }
        return (second == 0x80 && ((third >= 0x8c && third <= 0x8f) || (third >= 0xa8 && third <= 0xaf)))
                || (second == 0x81 && third >= 0xa0 && third <= 0xaf);
    }

    private static int low(byte[] text, int at) {
        return text[at] & 0x3f;
    }

    private static int code(int character, byte[] quoted, int from) {
        int to = from;
        quoted[to++] = '\\';
        quoted[to++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            quoted[to++] = HEX[(character >> shift) & 0xf];
        }
        return to;
    }

    /** How many octets of a piece of UTF-8 there are up to the last character that is complete. */
    static int whole(byte[] text, int offset, int length) {
        int back = 1;
        while (back < 4 && back < length && (text[offset + length - back] & 0xc0) == 0x80) {
            back++;
        }
        int first = text[offset + length - back] & 0xff;
        int needed = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        return needed > back ? length - back : length;
    }

    /** A frame that says why a session is over. */
    static byte[] close(int code, String reason) {
        byte[] quoted = quote(reason.getBytes(UTF_8));
        return ("c[" + code + ",\"" + new String(quoted, UTF_8) + "\"]").getBytes(UTF_8);
    }
}
