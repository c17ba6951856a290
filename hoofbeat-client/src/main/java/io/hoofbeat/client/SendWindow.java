/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import java.util.concurrent.TimeUnit;

/**
 * How many octets may be on their way to the socket. Who wants to send more waits; one frame larger than all may pass when
 * nothing else is under way. Thread-safe.
 */
final class SendWindow {
    private final long limit;
    private final long patienceNanos;

    /** Guarded by this, as is the end. */
    private long octets;

    private boolean ended;

    SendWindow(long limit, long patienceNanos) {
        this.limit = limit;
        this.patienceNanos = patienceNanos;
    }

    /**
     * Waits until there is room, and takes it.
     *
     * @param mayWait false for the thread that makes room: it takes what it needs
     * @throws NoAnswerException if there was none in time
     */
    synchronized void take(int count, boolean mayWait) {
        long deadline = System.nanoTime() + patienceNanos;
        while (mayWait && !ended && octets > 0 && octets + count > limit) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1;
            if (left <= 1) {
                throw new NoAnswerException("the server has taken nothing for "
                        + TimeUnit.NANOSECONDS.toSeconds(patienceNanos) + " s, with " + octets
                        + " octets under way (limit " + limit + ")");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NoAnswerException("interrupted while waiting for room to send");
            }
        }
        octets += count;
    }

    synchronized void giveBack(int count) {
        octets -= count;
        notifyAll();
    }

    /** Whether nothing is under way. */
    synchronized boolean isEmpty() {
        return octets == 0;
    }

    /** Nobody waits any more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
