/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.util.ArrayDeque;

/** Sends the heart-beats of many idle links, each at the same interval, and looks whether the server's come. Used by the loop's thread. */
final class Heartbeats implements Loop.Work {
    private static final byte[] BEAT = {'\n'};

    private record Due(Link link, long atNanos) {}

    private final long intervalNanos;
    private final long patienceNanos;
    private final ArrayDeque<Due> next = new ArrayDeque<>();
    private long sent;
    private long late;

    /**
     * None so far.
     *
     * @param intervalNanos between two of a link
     * @param patienceNanos how long a server may be silent
     */
    Heartbeats(long intervalNanos, long patienceNanos) {
        this.intervalNanos = intervalNanos;
        this.patienceNanos = patienceNanos;
    }

    /** It is logged in. */
    void add(Link link) {
        next.addLast(new Due(link, System.nanoTime() + intervalNanos));
    }

    /** Forgets all links. */
    void clear() {
        next.clear();
    }

    @Override
    public long due(long now) {
        Due first = next.peekFirst();
        while (first != null && first.atNanos - now <= 0) {
            next.removeFirst();
            Link link = first.link;
            if (link.isOpen()) {
                link.send(BEAT, BEAT.length);
                sent++;
                if (now - link.lastReadNanos() > patienceNanos) {
                    late++;
                }
                next.addLast(new Due(link, Math.max(now, first.atNanos) + intervalNanos));
            }
            first = next.peekFirst();
        }
        return first == null ? Long.MAX_VALUE : first.atNanos - now;
    }

    long sent() {
        return sent;
    }

    /** How often the server had been silent for longer than it may. */
    long late() {
        return late;
    }
}
