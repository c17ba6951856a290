/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A destination with wildcards. Immutable; used by many threads at a time.
 *
 * <p>A destination is cut into segments at each {@code .} and each {@code /}, which count alike, so that {@code /topic/a.b}
 * and {@code /topic/a/b} look the same to a pattern. A separator always has a segment on both sides, if need be an empty one:
 * {@code /topic} begins with an empty segment, and {@code topic} is another destination. A wildcard is a whole segment:
 *
 * <ul>
 *   <li>{@code *} stands for exactly one segment,
 *   <li>{@code **}, {@code >} and {@code #} stand for any number of segments, none too, wherever they are.
 * </ul>
 *
 * <p>Matching walks the destination once and remembers one place to come back to: behind the last wildcard for many. An
 * earlier one need never be reconsidered, because whatever it could give up the last one can take. The work is therefore at
 * most the length of the destination times the levels of the pattern, which are few, and nothing is allocated.
 */
public final class DestinationPattern {

    /** The most segments of a pattern; the empty one before a leading separator is not counted. */
    public static final int MAX_LEVELS = 32;

    /** The longest pattern, in octets of UTF-8. */
    public static final int MAX_OCTETS = 1024;

    private static final String ONE = "*";
    private static final String MANY = "**";

    private final String text;

    /** Wildcards are the very objects ONE and MANY, so that a look at the reference tells them; never MANY twice in a row. */
    private final String[] segments;

    private DestinationPattern(String text, String[] segments) {
        this.text = text;
        this.segments = segments;
    }

    /** Whether a segment of it is a wildcard. */
    public static boolean isPattern(String destination) {
        int start = 0;
        while (start <= destination.length()) {
            int end = segmentEnd(destination, start);
            if (isOne(destination, start, end) || isMany(destination, start, end)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    /**
     * The pattern of that text, which need not have wildcards.
     *
     * @throws IllegalArgumentException if it is longer than {@link #MAX_OCTETS} or deeper than {@link #MAX_LEVELS}
     */
    public static DestinationPattern of(String text) {
        int octets = text.getBytes(UTF_8).length;
        if (octets > MAX_OCTETS) {
            throw new IllegalArgumentException(
                    "destination pattern of " + octets + " octets is too long (limit " + MAX_OCTETS + ")");
        }
        List<String> segments = new ArrayList<>();
        int levels = 0;
        int start = 0;
        while (start <= text.length()) {
            int end = segmentEnd(text, start);
            boolean leading = start == 0 && end == 0;
            levels += leading ? 0 : 1;
            String segment = segment(text, start, end);
            if (!segment.equals(MANY)
                    || segments.isEmpty()
                    || !segments.get(segments.size() - 1).equals(MANY)) {
                segments.add(segment);
            }
            start = end + 1;
        }
        if (levels > MAX_LEVELS) {
            throw new IllegalArgumentException(
                    "destination pattern of " + levels + " levels is too deep (limit " + MAX_LEVELS + ")");
        }
        return new DestinationPattern(text, segments.toArray(String[]::new));
    }

    private static String segment(String text, int start, int end) {
        if (isOne(text, start, end)) {
            return ONE;
        }
        return isMany(text, start, end) ? MANY : text.substring(start, end);
    }

    /** Whether the destination is one of those the pattern stands for. */
    @SuppressWarnings("ReferenceEquality") // the wildcards are known by their reference
    public boolean matches(String destination) {
        int at = 0;
        int next = 0;
        int retryAt = 0;
        int retryNext = -1;
        while (at <= destination.length()) {
            String segment = next < segments.length ? segments[next] : null;
            if (segment == MANY) {
                next++;
                if (next == segments.length) {
                    return true;
                }
                retryNext = next;
                retryAt = at;
                continue;
            }
            int end = segmentEnd(destination, at);
            if (segment != null && (segment == ONE || isText(segment, destination, at, end))) {
                next++;
                at = end + 1;
            } else if (retryNext >= 0) {
                retryAt = segmentEnd(destination, retryAt) + 1;
                at = retryAt;
                next = retryNext;
            } else {
                return false;
            }
        }
        return next == segments.length || (next == segments.length - 1 && segments[next] == MANY);
    }

    public String text() {
        return text;
    }

    private static boolean isOne(String text, int start, int end) {
        return end - start == 1 && text.charAt(start) == '*';
    }

    private static boolean isMany(String text, int start, int end) {
        return switch (end - start) {
            case 1 -> text.charAt(start) == '>' || text.charAt(start) == '#';
            case 2 -> text.charAt(start) == '*' && text.charAt(start + 1) == '*';
            default -> false;
        };
    }

    private static boolean isText(String segment, String destination, int start, int end) {
        return segment.length() == end - start && destination.startsWith(segment, start);
    }

    /** Where the next separator is, or the end of the text. */
    private static int segmentEnd(String text, int start) {
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == '/') {
                return i;
            }
        }
        return text.length();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DestinationPattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
