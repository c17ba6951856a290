/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;

/**
 * Checks that octets that come in pieces are UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF. A
 * character may be cut by the end of a piece.
 */
final class Utf8 {
    private static final long NOT_ASCII = 0x8080808080808080L;

    /** How many octets of the character are to come. */
    private int left;
    /** Between what the next of them must be; narrower than 80 to BF behind some first octets. */
    private int least;

    private int most;

    /** Whether no character is cut. */
    boolean isComplete() {
        return left == 0;
    }

    void reset() {
        left = 0;
    }

    /** Whether the octets up to and with these can be UTF-8. */
    boolean accepts(ByteBuf octets, int from, int length) {
        int at = from;
        int end = from + length;
        while (at < end) {
            if (left == 0 && end - at >= 8 && (octets.getLong(at) & NOT_ASCII) == 0) {
                at += 8;
            } else if (!accepts(octets.getByte(at++))) {
                return false;
            }
        }
        return true;
    }

    private boolean accepts(byte octet) {
        int value = octet & 0xff;
        if (left > 0) {
            boolean fits = value >= least && value <= most;
            left--;
            least = 0x80;
            most = 0xbf;
            return fits;
        }
        if (value < 0x80) {
            return true;
        }
        left = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
        least = value == 0xe0 ? 0xa0 : value == 0xf0 ? 0x90 : 0x80;
        most = value == 0xed ? 0x9f : value == 0xf4 ? 0x8f : 0xbf;
        return value >= 0xc2 && value <= 0xf4;
    }
}
