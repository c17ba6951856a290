/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A SEND of one stream as it goes over the wire, prepared once, masked if need be; for each message only its number and its time
 * are put in. Used by the loop's thread.
 */
final class SendTemplate {
    private static final byte[] NO_MASK = new byte[Stamp.LENGTH];

    private final byte[] octets;
    private final int stampAt;
    private final int receiptAt;
    private final byte[] stampMask = new byte[Stamp.LENGTH];
    private final byte[] receiptMask = new byte[Stamp.NUMBER_DIGITS];

    /**
     * Prepares it.
     *
     * @param headers further header lines, each with its LF
     * @param receipts whether each SEND asks for a RECEIPT; its id is the number within the stream
     */
    SendTemplate(Wire wire, String destination, String headers, int stream, int size, boolean receipts) {
        if (size < Stamp.LENGTH) {
            throw new IllegalArgumentException("body too short: " + size + " (at least " + Stamp.LENGTH + ")");
        }
        String receipt = receipts ? "receipt:" : "";
        String start = "SEND\ndestination:" + destination + "\n" + headers + receipt;
        String head = start + (receipts ? "000000\n" : "") + "content-length:" + size + "\n\n";
        byte[] frame = Arrays.copyOf(head.getBytes(US_ASCII), head.length() + size + 1);
        Arrays.fill(frame, head.length(), head.length() + size, (byte) 'x');
        Stamp.write(stream, Stamp.STREAM_DIGITS, frame, head.length(), NO_MASK, 0);
        octets = wire.wrap(frame);
        int before = wire.headLength(frame.length);
        stampAt = before + head.length() + Stamp.STREAM_DIGITS;
        receiptAt = receipts ? before + start.length() : -1;
        for (int i = 0; i < stampMask.length; i++) {
            stampMask[i] = wire.mask(head.length() + Stamp.STREAM_DIGITS + i);
        }
        for (int i = 0; i < receiptMask.length; i++) {
            receiptMask[i] = wire.mask(start.length() + i);
        }
    }

    int length() {
        return octets.length;
    }

    /** Writes the SEND with that number and time. */
    void write(long number, long timeNanos, ByteBuffer out) {
        int at = out.arrayOffset() + out.position();
        out.put(octets);
        byte[] array = out.array();
        Stamp.write(number, Stamp.NUMBER_DIGITS, array, at + stampAt, stampMask, 0);
        Stamp.write(
                timeNanos,
                Stamp.TIME_DIGITS,
                array,
                at + stampAt + Stamp.NUMBER_DIGITS,
                stampMask,
                Stamp.NUMBER_DIGITS);
        if (receiptAt >= 0) {
            decimal(number, array, at + receiptAt);
        }
    }

    /** The number modulo a million: more are never outstanding. */
    private void decimal(long number, byte[] out, int at) {
        long rest = number;
        for (int i = Stamp.NUMBER_DIGITS - 1; i >= 0; i--) {
            out[at + i] = (byte) (('0' + (int) (rest % 10)) ^ receiptMask[i]);
            rest /= 10;
        }
    }
}
