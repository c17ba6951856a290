/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Numbers as texts: exact ones become a Long, approximate ones a Double which is neither infinite nor NaN. */
final class Numeral {

    /** A longer text is no number: nobody writes one, and reading it would be work at the sender's choice. */
    static final int MAX_LENGTH = 64;

    private Numeral() {}

    /**
     * The number a text is from its first to its last character, null if it is none. An exact one which is too large for a
     * long is taken as approximate. Nothing is thrown, since most headers are no numbers.
     */
    static @Nullable Number parse(String text) {
        int length = text.length();
        if (length == 0 || length > MAX_LENGTH) {
            return null;
        }
        int start = isSign(text.charAt(0)) ? 1 : 0;
        int end = skipDigits(text, start);
        if (end == length && end > start) {
            return exact(text);
        }
        int digits = end - start;
        if (end < length && text.charAt(end) == '.') {
            int fraction = end + 1;
            end = skipDigits(text, fraction);
            digits += end - fraction;
        }
        if (digits > 0 && skipExponent(text, end) == length) {
            return finite(Double.parseDouble(text));
        }
        return null;
    }

    private static @Nullable Number exact(String text) {
        if (text.length() <= 18) {
            return Long.parseLong(text);
        }
        BigInteger integer = new BigInteger(text);
        return integer.bitLength() < Long.SIZE ? integer.longValue() : finite(integer.doubleValue());
    }

    /** The number itself, null if it is none that can be reckoned with. */
    static @Nullable Number finite(double number) {
        return Double.isFinite(number) ? number : null;
    }

    /** Less than zero, zero or more than zero, by Java's numeric promotion. */
    static int compare(Number left, Number right) {
        if (left instanceof Long && right instanceof Long) {
            return Long.compare(left.longValue(), right.longValue());
        }
        double a = left.doubleValue();
        double b = right.doubleValue();
        return a < b ? -1 : a > b ? 1 : 0; // unlike Double.compare: -0.0 equals 0.0
    }

    private static int skipDigits(String text, int start) {
        int i = start;
        while (i < text.length() && isDigit(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Where the exponent ends, if there is one; else the start. */
    static int skipExponent(String text, int start) {
        if (start < text.length() && (text.charAt(start) | 0x20) == 'e') {
            int digits = start + 1;
            if (digits < text.length() && isSign(text.charAt(digits))) {
                digits++;
            }
            int end = skipDigits(text, digits);
            return end > digits ? end : start;
        }
        return start;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSign(char c) {
        return c == '-' || c == '+';
    }
}
