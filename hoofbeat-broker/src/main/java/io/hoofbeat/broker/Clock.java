/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

/** What time it is, and what is to happen later: of the machine, or of a test. Any thread. */
interface Clock {

    /** Monotonic. */
    long nanoTime();

    /** Runs the task then, once; not at all once it is closed. */
    void schedule(Runnable task, long delayNanos);

    /** Runs the task again and again, first after one period. */
    void every(long periodNanos, Runnable task);

    /** Nothing more happens. */
    void close();
}
