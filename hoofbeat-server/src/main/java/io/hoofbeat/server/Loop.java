/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop have in common. Its thread, except where a method says any. */
final class Loop {
    private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FINE_GRID = 1L << 23;
    private static final long COARSE_GRID = 1L << 26;

    private final SingleThreadEventLoop eventLoop;
    private final Flusher flusher;
    private final LongSupplier clock;
    private final Output output = new Output();
    private final Lobby lobby;
    private final Inflation.Pool inflations = new Inflation.Pool();

    /** Null until the first message is compressed. */
    private @Nullable Deflation deflation;

    private long dateSecond;
    private String date = "";

    Loop(SingleThreadEventLoop eventLoop, LongSupplier clock, Lobby lobby) {
        this.lobby = lobby;
        this.eventLoop = eventLoop;
        this.clock = clock;
        this.flusher = new Flusher(eventLoop, clock);
    }

    SingleThreadEventLoop eventLoop() {
        return eventLoop;
    }

    /** Any thread. */
    Flusher flusher() {
        return flusher;
    }

    Output output() {
        return output;
    }

    /**
     * Runs the task when others have been read from. What is merely executed follows at once, as long as there is such: who always
     * has more would keep the loop from reading for up to a second. Event loop.
     */
    void executeInNextIteration(Runnable task) {
        try {
            eventLoop.executeAfterEventLoopIteration(() -> eventLoop.execute(task));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and its connections with it.
        }
    }

    /** The broker's clock. Any thread. */
    long nanoTime() {
        return clock.getAsLong();
    }

    Lobby lobby() {
        return lobby;
    }

    Inflation.Pool inflations() {
        return inflations;
    }

    Deflation deflation() {
        if (deflation == null) {
            deflation = new Deflation();
        }
        return deflation;
    }

    /** The time of day, as HTTP's Date has it. */
    String date() {
        long second = System.currentTimeMillis() / 1_000;
        if (second != dateSecond) {
            dateSecond = second;
            date = Answer.date(Instant.ofEpochSecond(second));
        }
        return date;
    }

    /** Runs the task after what is going on; not at all once the server has been closed. Any thread. */
    void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            // The connections are gone, and with them what the task was about.
        }
    }

    /** The event loop has no connections any more. */
    void release() {
        inflations.release();
        if (deflation != null) {
            deflation.release();
            deflation = null;
        }
    }

    /**
     * Runs the task then or a little later: timers of many connections fall on the same instants, a multiple of 8 or 67 ms, so
     * that one wake-up of the loop serves them all.
     */
    ScheduledFuture<?> schedule(Runnable task, long delayNanos) {
        long delay = Math.max(0, delayNanos);
        if (delay >= SHORT_NANOS) {
            long grid = delay >= LONG_NANOS ? COARSE_GRID : FINE_GRID;
            long past = Math.floorMod(System.nanoTime() + delay, grid);
            delay += past == 0 ? 0 : grid - past;
        }
        return eventLoop.schedule(task, delay, TimeUnit.NANOSECONDS);
    }
}
