/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The octets in all queues together, and who waits because there are too many. A part on top of the limit is for queues that have
 * next to nothing, so that those which are consumed go on while others, which nobody consumes, have filled all the rest. Any thread.
 */
final class QueueMemory {
    private static final int RESERVED_PART = 8;

    private final long limit;
    private final long reserve;
    private final AtomicLong used = new AtomicLong();
    private final List<Publisher> waiting = new ArrayList<>();
    private volatile boolean someoneWaits;

    QueueMemory(long limit) {
        this.limit = limit;
        this.reserve = limit / RESERVED_PART;
    }

    /** Whether there was room, which is taken then. */
    boolean take(long bytes) {
        return takeUpTo(limit, bytes);
    }

    /** The same for a queue that has next to nothing. */
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
