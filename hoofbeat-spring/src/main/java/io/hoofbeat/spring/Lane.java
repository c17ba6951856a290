/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;

/**
 * What is to be done for one session, one after the other, on a thread of an {@link OrderedExecutor}'s. What is in it is counted in
 * octets. Any thread.
 */
final class Lane implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** The lane that this thread is in. */
    private static final ThreadLocal<@Nullable Lane> CURRENT = new ThreadLocal<>();

    /** After so many messages of one session others have their turn. */
    private static final int TURN = 64;

    /** How long what has been written may wait for more. */
    private static final long GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long nothing at all may come out of a full lane until the session is given up. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Whose lane it is. Called by the thread that handles what is in the lane. */
    interface Owner {

        /**
         * A message has been handled.
         *
         * @param left octets that are left in the lane
         */
        void handled(long left);

        /**
         * More than one message is going to be handled, so that what they write may gather.
         *
         * @return whether it does, until {@link #flush}
         */
        boolean gather();

        /** What has gathered is written, and nothing gathers any more. It may block; it does not fail. */
        void flush();
    }

    private final OrderedExecutor executor;
    private final String session;

    /** Null if it is forgotten as soon as there is nothing to do. Written under the lock. */
    private volatile @Nullable Owner owner;

    /** Guarded by this, as is all that follows; octets are read without the lock where a moment does not matter. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    private volatile long octets;
    private long handled;
    private boolean isPaused;
    private boolean isRunning;
    private boolean isForgotten;

    private record Entry(Runnable task, int size) {}

    Lane(OrderedExecutor executor, String session) {
        this.executor = executor;
        this.session = session;
    }

    String session() {
        return session;
    }

    // ---- handing in

    /** Runs the task after what is there. */
    void execute(Runnable task) {
        if (add(task, 0)) {
            start();
        } else {
            executor.executeIn(session, task);
        }
    }

    /**
     * Counts something, and queues it unless it is done elsewhere.
     *
     * @return false if there is another lane for the session by now
     */
    synchronized boolean add(@Nullable Runnable task, int size) {
        if (isForgotten) {
            return false;
        }
        octets += size;
        if (task != null) {
            entries.add(new Entry(task, size));
        }
        return true;
    }

    void start() {
        synchronized (this) {
            if (isRunning || isPaused || entries.isEmpty()) {
                return;
            }
            isRunning = true;
        }
        executor.runElsewhere(this);
    }

    /** Whether nothing is in front of what is handed in now; it may still be in progress at the side. */
    synchronized boolean isQuiet() {
        return entries.isEmpty() && !isRunning && !isPaused;
    }

    /** Octets that are there, those that are being handled included. */
    long octets() {
        return octets;
    }

    /** Waits until there is room; gives up when nothing moves. */
    void awaitRoom(long limit, Message<?> message) {
        if (octets > limit) {
            await(limit, message);
        }
    }

    private synchronized void await(long limit, Message<?> message) {
        long seen = handled;
        long since = System.nanoTime();
        while (octets > limit) {
            long left = since + PATIENCE_NANOS - System.nanoTime();
            if (handled != seen) {
                seen = handled;
                since = System.nanoTime();
            } else if (left <= 0) {
                throw new MessageDeliveryException(
                        message,
                        octets + " octets of this session wait for their turn (limit " + limit
                                + "), and nothing moves");
            } else {
                awaitNanos(left, message);
            }
        }
    }

    private void awaitNanos(long nanos, Message<?> message) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MessageDeliveryException(message, "interrupted while waiting for room", e);
        }
    }

    // ---- its turns

    /** The lane of that session, if this thread is in it; else null. */
    static @Nullable Lane current(OrderedExecutor executor, String session) {
        Lane current = CURRENT.get();
        return current != null && current.executor == executor && current.session.equals(session) ? current : null;
    }

    @Override
    public void run() {
        Lane outer = CURRENT.get(); // an executor may run it where it is handed in
        CURRENT.set(this);
        try {
            takeTurn();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    private void takeTurn() {
        Gathering gathering = new Gathering(owner);
        int left = TURN;
        while (true) {
            Entry next = left == 0 ? null : poll();
            if (next != null) {
                left--;
                if (next.size > 0 && hasMore()) {
                    gathering.begin();
                }
                run(next.task, next.size);
                gathering.endIfLong();
            } else if (gathering.isOn) {
                gathering.end(); // before anybody else may write
            } else if (left == 0) {
                executor.runElsewhere(this);
                return;
            } else if (rest()) {
                executor.forgetIfIdle(this);
                return;
            }
        }
    }

    /** What a turn writes, gathering. Belongs to the turn. */
    private static final class Gathering {
        private final @Nullable Owner owner;
        private boolean isOn;
        private long sinceNanos;

        Gathering(@Nullable Owner owner) {
            this.owner = owner;
        }

        void begin() {
            if (!isOn && owner != null) {
                isOn = owner.gather();
                sinceNanos = System.nanoTime();
            }
        }

        /** Handling may take its time, which what has been handled does not wait for. */
        void endIfLong() {
            if (isOn && System.nanoTime() - sinceNanos > GATHERING_NANOS) {
                end();
            }
        }

        void end() {
            isOn = false;
            if (owner != null) {
                owner.flush();
            }
        }
    }

    private synchronized @Nullable Entry poll() {
        return isPaused ? null : entries.poll();
    }

    private synchronized boolean hasMore() {
        return !isPaused && !entries.isEmpty();
    }

    /** Ends the turn, unless something has come. */
    private synchronized boolean rest() {
        isRunning = !isPaused && !entries.isEmpty();
        return !isRunning;
    }

    void run(Runnable task, int size) {
        try {
            handle(session, task);
        } finally {
            if (size > 0) {
                handled(size);
            }
        }
    }

    /** Does something for a session; if that fails the log says so. */
    static void handle(String session, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("{}: a message could not be handled", session, e);
        }
    }

    private void handled(int size) {
        long left;
        synchronized (this) {
            left = octets - size;
            octets = left;
            handled++;
            notifyAll();
        }
        Owner owner = this.owner;
        if (owner != null) {
            owner.handled(left);
        }
    }

    /** Nothing more comes out, apart from what is being handled, until it is false again. */
    synchronized void pause(boolean pause) {
        isPaused = pause;
    }

    // ---- its life

    /** It stays, though there is nothing to do, until it is nobody's any more. */
    synchronized void keepFor(@Nullable Owner owner) {
        this.owner = owner;
    }

    /** Whether it was of no use any more; then it takes nothing more either. */
    synchronized boolean retire() {
        isForgotten = octets == 0 && isQuiet() && owner == null;
        return isForgotten;
    }

    boolean isKept() {
        return owner != null;
    }
}
