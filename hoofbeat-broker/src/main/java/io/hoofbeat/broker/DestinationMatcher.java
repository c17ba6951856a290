/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.function.Predicate;

/**
 * The language in which a subscription names many destinations. There are two: our own wildcards, and Spring's Ant patterns.
 *
 * <p>Called by many threads at a time.
 */
public interface DestinationMatcher {

    /** The language of {@link DestinationPattern}. */
    DestinationMatcher WILDCARDS = new DestinationMatcher() {
        @Override
        public boolean isPattern(String destination) {
            return DestinationPattern.isPattern(destination);
        }

        @Override
        public Predicate<String> compile(String pattern) {
            return DestinationPattern.of(pattern)::matches;
        }
    };

    /** Whether the text stands for many destinations and not for the one of that name. */
    boolean isPattern(String destination);

    /**
     * What the pattern matches.
     *
     * @throws IllegalArgumentException if the pattern is beyond a bound; the message names it
     */
    Predicate<String> compile(String pattern);
}
