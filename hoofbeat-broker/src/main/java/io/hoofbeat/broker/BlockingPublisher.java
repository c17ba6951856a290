/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.concurrent.TimeUnit;

/** Application code that publishes on a thread which may wait: for slow subscribers of a topic, for room in a queue. One use. */
final class BlockingPublisher implements Publisher {

    /** Guarded by this. */
    private int stalls;

    @Override
    public boolean canWait() {
        return true;
    }

    @Override
    public long number() {
        return 0;
    }

    @Override
    public synchronized void stall() {
        stalls++;
    }

    @Override
    public synchronized void release() {
        stalls--;
        notifyAll();
    }

    synchronized boolean isStalled() {
        return stalls > 0;
    }

    /** Waits until it is released as often as stalled. @return false if that took longer, or the thread was interrupted */
    synchronized boolean awaitRelease(long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (stalls > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
