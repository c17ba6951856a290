/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks one after the other, in their order, on an executor's threads. The publisher is held while too many wait. Any thread. */
final class Turns {
    private static final int MOST_WAITING = 1_000;

    private final Executor executor;
    private final Publisher publisher;

    /** Guarded by this. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    private boolean running;
    private boolean held;

    Turns(Executor executor, Publisher publisher) {
        this.executor = executor;
        this.publisher = publisher;
    }

    void add(Runnable task) {
        boolean start;
        boolean hold;
        synchronized (this) {
            waiting.add(task);
            start = !running;
            running = true;
            hold = !held && waiting.size() >= MOST_WAITING;
            held |= hold;
        }
        if (hold) {
            publisher.stall();
        }
        if (start) {
            executor.execute(this::run);
        }
    }

    private void run() {
        Runnable task;
        while ((task = next()) != null) {
            task.run();
        }
    }

    private @Nullable Runnable next() {
        boolean release;
        Runnable task;
        synchronized (this) {
            task = waiting.poll();
            running = task != null;
            release = held && waiting.size() < MOST_WAITING / 2;
            held &= !release;
        }
        if (release) {
            publisher.release();
        }
        return task;
    }
}
