/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a log short that strangers can write to: of what is the same only the first of a minute is said, and of different things no more
 * than a bounded number; the rest is counted. Any thread.
 */
final class Refrain {
    private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_SAID = 1_000;
    private static final int MOST_CHARACTERS = 200;

    private final LongSupplier clock;

    /** What was said in this minute; guarded by this, as is what follows. */
    private final Set<String> said = new HashSet<>();

    private long sinceNanos;
    private long unsaid;

    Refrain(LongSupplier clock) {
        this.clock = clock;
        this.sinceNanos = clock.getAsLong();
    }

    /**
     * Whether to say it.
     *
     * @return how much was not said before, since the last that was; negative if this is not to be said either
     */
    synchronized long say(String what) {
        long now = clock.getAsLong();
        if (now - sinceNanos >= PERIOD_NANOS) {
            sinceNanos = now;
            said.clear();
        }
        if (said.size() >= MOST_SAID || !said.add(shorten(what))) {
            unsaid++;
            return -1;
        }
        long before = unsaid;
        unsaid = 0;
        return before;
    }

    /** A part of what a stranger wrote is enough, here and in the log. */
    static String shorten(String text) {
        return text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text;
    }

    /** For the end of a line: empty, or how much was not said. */
    static String tail(long unsaid) {
        return unsaid == 0 ? "" : " (and " + unsaid + " more that were not logged)";
    }
}
