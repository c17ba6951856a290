/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Octets of which many may have a part, and a limit to all the parts together: what is in all queues, in all open transactions, and
 * so on. Who finds no room is refused, or waits until something is given back. A part on top of the limit is for those who have next
 * to nothing, so that they go on while others have taken all the rest. Any thread.
 */
final class SharedMemory {
    private static final int RESERVED_PART = 8;
    private static final int OF_TEXT = 48;

    private final String what;
    private final String option;
    private final long limit;
    private final long reserve;
    private final AtomicLong used = new AtomicLong();
    private final List<Publisher> waiting = new ArrayList<>();
    private volatile boolean someoneWaits;

    /**
     * Of which nothing is taken.
     *
     * @param what is in it, for people
     * @param option which sets the limit
     */
    SharedMemory(String what, String option, long limit) {
        this.what = what;
        this.option = option;
        this.limit = limit;
        this.reserve = limit / RESERVED_PART;
    }

    /** The octets that a text takes. */
    static int octets(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) > 255) {
                return OF_TEXT + 2 * length;
            }
        }
        return OF_TEXT + length;
    }

    /** Whether there was room, which is taken then. */
    boolean take(long bytes) {
        return takeUpTo(limit, bytes);
    }

    /** The same for one who has next to nothing. */
    boolean takeReserved(long bytes) {
        return takeUpTo(limit + reserve, bytes);
    }

    private boolean takeUpTo(long most, long bytes) {
        if (used.addAndGet(bytes) <= most) {
            return true;
        }
        give(bytes);
        return false;
    }

    /** What is said to somebody for whom there was no room. */
    RefusedException exceeded() {
        return new RefusedException(
                CloseReason.OVERLOADED,
                "too much in the " + what + " of all sessions (limit " + limit + " octets, " + option
                        + "); try again later");
    }

    void give(long bytes) {
        long left = used.addAndGet(-bytes);
        if (someoneWaits && left < limit) {
            releaseAll();
        }
    }

    long used() {
        return used.get();
    }

    /** Releases the publisher, which is about to stall, when something is given back; false if that would not help. */
    boolean await(Publisher publisher, long bytes) {
        if (bytes > limit) {
            return false;
        }
        synchronized (waiting) {
            waiting.add(publisher);
            someoneWaits = true;
        }
        if (used.get() == 0) { // nothing is left that could be given back later
            releaseAll();
        }
        return true;
    }

    private void releaseAll() {
        List<Publisher> released;
        synchronized (waiting) {
            released = List.copyOf(waiting);
            waiting.clear();
            someoneWaits = false;
        }
        released.forEach(Publisher::release);
    }
}
