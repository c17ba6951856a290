/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring.test;

import io.hoofbeat.protocol.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent and got, in its order, and which of it a test has asked for. Any thread; whoever waits is woken by what comes.
 *
 * <p>It holds {@link #MOST} frames; a test for which more come fails, and so do those who listen.
 */
final class Recording {
    private static final int MOST = 20_000;
    private static final int SHOWN = 50;

    /** A frame that was sent or came. */
    private static final class Entry {
        final Frame frame;
        final @Nullable StompFrame received;
        final long nanos;
        boolean taken;

        Entry(Frame frame, @Nullable StompFrame received, long nanos) {
            this.frame = frame;
            this.received = received;
            this.nanos = nanos;
        }
    }

    private final long begin = System.nanoTime();

    /** Guarded by this, as is what follows. */
    private final List<Entry> entries = new ArrayList<>();

    /** Null while the connection is open. */
    private @Nullable String end;

    synchronized void sent(Frame frame) {
        add(new Entry(frame, null, System.nanoTime()));
    }

    synchronized void received(StompFrame received, Frame frame) {
        add(new Entry(frame, received, System.nanoTime()));
    }

    private void add(Entry entry) {
        if (entries.size() < MOST) {
            entries.add(entry);
        } else {
            end = "more than " + MOST + " frames, which is more than is recorded";
        }
        notifyAll();
    }

    /** The connection is over; the first who says why is believed. */
    synchronized void ended(String why) {
        if (end == null) {
            end = why;
        }
        notifyAll();
    }

    synchronized boolean hasEnded() {
        return end != null;
    }

    /** What came so far, whether a test has asked for it or not. */
    synchronized List<StompFrame> frames() {
        List<StompFrame> frames = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.received != null) {
                frames.add(entry.received);
            }
        }
        return frames;
    }

    /**
     * Waits for the first frame of that kind which nobody has taken, and takes it.
     *
     * @param what it is, for people
     * @param fatal what cannot come before it without being the end of all hope
     */
    synchronized StompFrame take(
            Predicate<StompFrame> wanted, Predicate<StompFrame> fatal, String what, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            for (Entry entry : entries) {
                if (entry.received == null || entry.taken) {
                    continue;
                }
                if (wanted.test(entry.received)) {
                    entry.taken = true;
                    return entry.received;
                }
                if (fatal.test(entry.received)) {
                    throw failure("instead of " + what + " came " + entry.received.command());
                }
            }
            if (end != null) {
                throw failure("the connection ended instead of " + what);
            }
            if (!waitUntil(deadline)) {
                throw failure("no " + what + " within " + show(patience));
            }
        }
    }

    /** Waits for the end of the connection. */
    synchronized void awaitEnd(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (end == null) {
            if (!waitUntil(deadline)) {
                throw failure("the connection is not closed after " + show(patience));
            }
        }
    }

    /** Waits so long, and fails if a frame of that kind is there which nobody has taken, or comes. */
    synchronized void none(Predicate<StompFrame> unwanted, String what, Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        do {
            for (Entry entry : entries) {
                if (entry.received != null && !entry.taken && unwanted.test(entry.received)) {
                    throw failure("there is " + what + ", and none was expected");
                }
            }
            if (end != null) {
                throw failure("the connection ended while no " + what + " was to come");
            }
        } while (waitUntil(deadline));
    }

    /** Whether something has happened before that time. */
    private boolean waitUntil(long deadline) {
        long nanos = deadline - System.nanoTime();
        if (nanos <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting", e);
        }
    }

    /** A failure that shows everything. */
    synchronized AssertionError failure(String text) {
        return new AssertionError(text + "\n" + this);
    }

    private static String show(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** All that was recorded, or the end of it. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder(entries.isEmpty() ? "nothing was recorded" : "recorded, in its order:");
        int from = Math.max(0, entries.size() - SHOWN);
        if (from > 0) {
            text.append("\n\n(").append(from).append(" frames before)");
        }
        for (Entry entry : entries.subList(from, entries.size())) {
            text.append(String.format(
                            Locale.ROOT,
                            "%n%n%s after %.3f s%s%n",
                            entry.received == null ? "sent" : "got",
                            (entry.nanos - begin) / 1e9,
                            entry.taken ? ", awaited before" : ""))
                    .append(("    " + StompFrame.show(entry.frame)).replace("\n", "\n    "));
        }
        return text.append("\n\nthe connection ")
                .append(end == null ? "is open" : "ended: " + end)
                .toString();
    }
}
