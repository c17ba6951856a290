/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Headers;

/**
 * What a subscriber wants of a destination: a condition over the headers of a message (S10-SUB-9), in the SQL-92 of JMS 2.0
 * section 3.8.1. Immutable; used by many threads at a time.
 *
 * <pre>{@code
 * colour = 'red' AND (weight > 2.5 OR content-type LIKE 'text/%') AND "reply to" IS NOT NULL
 * }</pre>
 *
 * <p><b>Values.</b> The headers of STOMP are texts. Compared with a number, ordered, or reckoned with, a header is the number
 * it is written as; compared with TRUE or FALSE, or standing alone as a condition, it is {@code true} or {@code false} in
 * letters of either case. Two headers are equal if their texts are. A text in quotes is only a text: {@code '5' = 5} is an
 * error, found when parsing like all which the headers cannot change.
 *
 * <p><b>Unknown.</b> What is said of a header that is missing, or not of the type asked for, is neither true nor false, and so
 * is a division by zero; AND, OR and NOT treat it as SQL does. A message matches if the whole is true. JMS would have a
 * comparison of different types be false; unknown is what SQL and a missing header make of it, and NOT does not turn it.
 *
 * <p><b>Names.</b> A Java identifier is the header of that name, case and all. A dot or a hyphen inside belongs to it if the
 * characters on both sides do and, for the hyphen, the second is no digit; {@code size-1} and {@code a - b} are subtractions.
 * Any other name stands in double quotes. The names of JMS's own headers, such as JMSPriority, are those of their STOMP
 * counterparts.
 *
 * <p><b>Prefixes.</b> As ActiveMQ has them: behind {@code hyphenated_props:} every hyphen in a name belongs to it;
 * {@code convert_string_expressions:} changes nothing.
 *
 * <p>The work of {@link #matches} is bounded by the length of the selector and of the headers, whatever they say (F18).
 */
public final class Selector {

    /** The longest selector, in octets of UTF-8. */
    public static final int MAX_OCTETS = 4096;

    /** The most parentheses inside one another. */
    public static final int MAX_DEPTH = 32;

    /** The most texts of one IN. */
    public static final int MAX_LIST = 256;

    private static final int OF_ANY = 64;
    private static final int OF_TOKEN = 48;
    private static final int OF_PERCENT_SIGN = 96;

    private final String text;
    private final Condition condition;

    private final int size;

    private Selector(String text, Condition condition) {
        this.text = text;
        this.condition = condition;
        this.size = size(text);
    }

    /** By what was measured of the kinds of conditions, rather too much than too little. */
    private static int size(String text) {
        int size = OF_ANY + 4 * text.length();
        Lexer lexer = new Lexer(text);
        while (lexer.token() != Lexer.Token.END) {
            size += OF_TOKEN;
            lexer.next();
        }
        return size + OF_PERCENT_SIGN * (int) text.chars().filter(c -> c == '%').count();
    }

    /**
     * Reads a selector. A blank one selects everything.
     *
     * @throws SelectorException if it is none, or beyond a limit
     */
    public static Selector parse(String text) {
        int octets = text.getBytes(UTF_8).length;
        if (octets > MAX_OCTETS) {
            throw new SelectorException("selector of " + octets + " octets is too long (limit " + MAX_OCTETS + ")");
        }
        return new Selector(text, text.isBlank() ? new Condition.Literal(true) : Parser.parse(text));
    }

    /** About the octets of heap that it holds: a text of 4 KiB may take 200. */
    public int size() {
        return size;
    }

    /** Whether the condition is true of these headers. */
    public boolean matches(Headers headers) {
        return condition.test(headers) == Truth.TRUE;
    }

    /** The text it was read from. */
    @Override
    public String toString() {
        return text;
    }
}
