/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How late things are on this machine, whatever they are: a thread that wants to run every few milliseconds and notes by how
 * much it was late. Tests of time allow for that, and for nothing else, so they are strict on a quiet machine and true on a
 * busy one.
 */
final class Jitter {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int KEPT = 60_000 / 5;

    /** Lateness by step, a ring of one minute. */
    private static final long[] LATE = new long[KEPT];

    static {
        Thread thread = new Thread(Jitter::run, "jitter");
        thread.setDaemon(true);
        thread.start();
    }

    private Jitter() {}

    private static void run() {
        int step = 0;
        long last = System.nanoTime();
        while (true) {
            LockSupport.parkNanos(STEP);
            long now = System.nanoTime();
            LATE[step] = now - last - STEP;
            step = (step + 1) % KEPT;
            last = now;
        }
    }

    /** The worst of the last minute. */
    static long millis() {
        long worst = 0;
        for (long late : LATE) {
            worst = Math.max(worst, late);
        }
        return TimeUnit.NANOSECONDS.toMillis(worst) + 10;
    }
}
