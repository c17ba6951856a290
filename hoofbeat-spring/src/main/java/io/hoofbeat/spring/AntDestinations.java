/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.broker.DestinationMatcher;
import java.util.function.Predicate;
import org.springframework.util.PathMatcher;

/**
 * The patterns of Spring's applications: what their {@link PathMatcher} says, Ant patterns as a rule.
 *
 * <p>A matcher of Spring's makes regular expressions of patterns, and patterns come from clients. So there are bounds within which none
 * takes long: on length, on wildcards in a row without a separator between, and no regular expressions of clients' own.
 */
final class AntDestinations implements DestinationMatcher {
    private static final int MAX_OCTETS = 1024;
    private static final int MAX_WILDCARDS = 2;

    private final PathMatcher matcher;
    private final char separator;

    AntDestinations(PathMatcher matcher) {
        this.matcher = matcher;
        this.separator = separator(matcher);
    }

    /** It does not tell, but shows it when it puts two parts together. */
    private static char separator(PathMatcher matcher) {
        String both = matcher.combine("a", "b");
        return both.length() == 3 && both.startsWith("a") && both.endsWith("b") ? both.charAt(1) : '/';
    }

    @Override
    public boolean isPattern(String destination) {
        return matcher.isPattern(destination);
    }

    @Override
    public Predicate<String> compile(String pattern) {
        int octets = pattern.getBytes(UTF_8).length;
        if (octets > MAX_OCTETS) {
            throw new IllegalArgumentException(
                    "destination pattern of " + octets + " octets is too long (limit " + MAX_OCTETS + ")");
        }
        checkWildcards(pattern);
        boolean isInside = UserDestinations.isInside(pattern);
        if (isInside && matcher.isPattern(UserDestinations.session(pattern))) {
            throw new IllegalArgumentException("not permitted for the sessions of others");
        }
        return destination -> UserDestinations.isInside(destination) == isInside && matcher.match(pattern, destination);
    }

    private void checkWildcards(String pattern) {
        int inSegment = 0;
        boolean inVariable = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == separator) {
                inSegment = 0;
            } else if (c == '*' || c == '{') {
                inSegment++;
                inVariable |= c == '{';
            } else if (c == '}') {
                inVariable = false;
            } else if (c == ':' && inVariable) {
                throw new IllegalArgumentException("a destination pattern has no regular expressions");
            }
            if (inSegment > MAX_WILDCARDS) {
                throw new IllegalArgumentException(
                        "destination pattern with more than " + MAX_WILDCARDS + " wildcards in one segment");
            }
        }
    }
}
