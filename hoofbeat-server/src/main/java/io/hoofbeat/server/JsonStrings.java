/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a SockJS client sends at a time: an array of strings in JSON, strictly as in RFC 8259, turned into UTF-8.
 *
 * <p>All of it is looked at before any of it is used: half an array would be half a frame of STOMP.
 */
final class JsonStrings {
    /** One behind the other; what comes out of an escape is never longer than it was. */
    private final byte[] octets;

    private int length;

    /** Where each string ends. */
    private int[] ends = new int[1];

    private int count;

    private final ByteBuf in;

    private JsonStrings(ByteBuf in) {
        this.in = in;
        this.octets = new byte[in.readableBytes()];
    }

    /**
     * Reads them.
     *
     * @param single whether a string alone is meant as well
     * @param most strings that there may be
     * @return null if it is something else
     */
    static @Nullable JsonStrings read(ByteBuf in, boolean single, int most) {
        JsonStrings strings = new JsonStrings(in);
        strings.blank();
        int first = strings.next();
        boolean isRead = first == '[' ? strings.array(most) : single && first == '"' && strings.string();
        strings.blank();
        return isRead && !in.isReadable() ? strings : null;
    }

    int count() {
        return count;
    }

    /** All of them in one. Shares the octets. */
    ByteBuf all() {
        return Unpooled.wrappedBuffer(octets, 0, length);
    }

    byte[] string(int index) {
        return Arrays.copyOfRange(octets, index == 0 ? 0 : ends[index - 1], ends[index]);
    }

    /** The same without a copy. */
    ByteBuf piece(int index) {
        int start = index == 0 ? 0 : ends[index - 1];
        return Unpooled.wrappedBuffer(octets, start, ends[index] - start);
    }

    /** -1 at the end. */
    private int next() {
        return in.isReadable() ? in.readUnsignedByte() : -1;
    }

    private void blank() {
        while (in.isReadable()) {
            int octet = in.getByte(in.readerIndex());
            if (octet != ' ' && octet != '\t' && octet != '\n' && octet != '\r') {
                return;
            }
            in.skipBytes(1);
        }
    }

    /** Behind the bracket. */
    private boolean array(int most) {
        blank();
        int next = next();
        if (next == ']') {
            return true;
        }
        while (next == '"' && count < most && string()) {
            blank();
            next = next();
            if (next == ']') {
                return true;
            }
            if (next != ',') {
                return false;
            }
            blank();
            next = next();
        }
        return false;
    }

    /** Behind the quote. */
    private boolean string() {
        while (true) {
            int octet = next();
            if (octet == '"') {
                end();
                return true;
            }
            if (octet < ' ' || !(octet == '\\' ? escape() : octet < 0x80 ? put(octet) : character(octet))) {
                return false;
            }
        }
    }

    private void end() {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
        }
        ends[count++] = length;
    }

    private boolean put(int octet) {
        octets[length++] = (byte) octet;
        return true;
    }

    /** A character of several octets, the first of which was read: no overlong form, no surrogate, nothing above U+10FFFF. */
    private boolean character(int first) {
        int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (first < 0xc2 || first > 0xf4 || in.readableBytes() < more) {
            return false;
        }
        put(first);
        for (int i = 0; i < more; i++) {
            int octet = next();
            int least = i > 0 ? 0x80 : first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
            int greatest = i > 0 ? 0xbf : first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
            if (octet < least || octet > greatest) {
                return false;
            }
            put(octet);
        }
        return true;
    }

    /** Behind the backslash. */
    private boolean escape() {
        return switch (next()) {
            case '"' -> put('"');
            case '\\' -> put('\\');
            case '/' -> put('/');
            case 'b' -> put('\b');
            case 'f' -> put('\f');
            case 'n' -> put('\n');
            case 'r' -> put('\r');
            case 't' -> put('\t');
            case 'u' -> code();
            default -> false;
        };
    }

    /** Behind the u. A surrogate without its other half becomes U+FFFD (SJ-CHAR-4). */
    private boolean code() {
        int unit = digits();
        if (unit < 0) {
            return false;
        }
        if (Character.isHighSurrogate((char) unit)) {
            int low = lowSurrogateAhead();
            if (low > 0) {
                in.skipBytes(6);
                return putCharacter(Character.toCodePoint((char) unit, (char) low));
            }
        }
        return putCharacter(Character.isSurrogate((char) unit) ? 0xfffd : unit);
    }

    /** The escape of a low surrogate that comes next, without taking it; -1 if there is none. */
    private int lowSurrogateAhead() {
        int at = in.readerIndex();
        if (in.readableBytes() < 6 || in.getByte(at) != '\\' || in.getByte(at + 1) != 'u') {
            return -1;
        }
        in.skipBytes(2);
        int unit = digits();
        in.readerIndex(at);
        return unit >= 0 && Character.isLowSurrogate((char) unit) ? unit : -1;
    }

    /** Four of them; -1 if they are others. */
    private int digits() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int octet = next();
            int digit = octet > 'f' ? -1 : Character.digit(octet, 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private boolean putCharacter(int character) {
        if (character < 0x80) {
            return put(character);
        } else if (character < 0x800) {
            put(0xc0 | character >> 6);
        } else {
            if (character < 0x10000) {
                put(0xe0 | character >> 12);
            } else {
                put(0xf0 | character >> 18);
                put(0x80 | (character >> 12 & 0x3f));
            }
            put(0x80 | (character >> 6 & 0x3f));
        }
        return put(0x80 | (character & 0x3f));
    }
}
