/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

/**
 * What each body begins with: which stream it belongs to, its number within it, and when it was due to be sent. Digits to the
 * base of 64 that are printable ASCII, of fixed width, so that they are patched into prepared octets and read from received ones
 * without an object.
 */
final class Stamp {
    static final int STREAM_DIGITS = 3;
    static final int NUMBER_DIGITS = 6;
    static final int TIME_DIGITS = 10;

    /** How long it is. */
    static final int LENGTH = STREAM_DIGITS + NUMBER_DIGITS + TIME_DIGITS;

    static final int MOST_STREAMS = 1 << (6 * STREAM_DIGITS);

    private static final int ZERO = '0';

    private Stamp() {}

    /** Writes digits, each combined with its mask. */
    static void write(long value, int digits, byte[] out, int at, byte[] mask, int maskAt) {
        long rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            out[at + i] = (byte) ((ZERO + (int) (rest & 63)) ^ mask[maskAt + i]);
            rest >>>= 6;
        }
    }

    /** Reads digits; something else than digits gives some number. */
    static long read(byte[] in, int at, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            value = (value << 6) | ((in[at + i] - ZERO) & 63);
        }
        return value;
    }
}
