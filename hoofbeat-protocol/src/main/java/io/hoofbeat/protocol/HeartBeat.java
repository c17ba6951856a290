/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The two numbers of a {@code heart-beat} header.
 *
 * @param sendMillis how often its sender can send, 0: not at all
 * @param receiveMillis how often its sender wants to receive, 0: not at all
 */
public record HeartBeat(int sendMillis, int receiveMillis) {

    public static final HeartBeat NONE = new HeartBeat(0, 0);

    /**
     * Reads a header's value. Blanks are ignored, numbers above 2^31-1 clamped (SX-HB-2).
     *
     * @param value null, the header being absent, means 0,0 (S11-HB-2)
     * @throws ProtocolException if it is not two non-negative numbers with a comma between
     */
    public static HeartBeat parse(@Nullable String value) {
        if (value == null) {
            return NONE;
        }
        int comma = value.indexOf(',');
        if (comma < 0) {
            throw malformed(value);
        }
        return new HeartBeat(number(value.substring(0, comma), value), number(value.substring(comma + 1), value));
    }

    private static int number(String part, String whole) {
        String digits = part.strip();
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(whole);
        }
        int significant = 0;
        while (significant < digits.length() - 1 && digits.charAt(significant) == '0') {
            significant++;
        }
        digits = digits.substring(significant);
        return digits.length() > 10 ? Integer.MAX_VALUE : (int) Math.min(Long.parseLong(digits), Integer.MAX_VALUE);
    }

    private static ProtocolException malformed(String value) {
        return new ProtocolException(
                ProtocolException.Kind.BAD_FRAME,
                "heart-beat must be two numbers of milliseconds, like 10000,10000, not '" + Fault.shown(value) + "'");
    }

    /** How often the owner of this header sends to the owner of the other: every so many milliseconds, 0: never (S11-HB-3). */
    public int intervalTo(HeartBeat other) {
        return sendMillis == 0 || other.receiveMillis == 0 ? 0 : Math.max(sendMillis, other.receiveMillis);
    }

    /** As it stands in the header. */
    public String text() {
        return sendMillis + "," + receiveMillis;
    }
}
