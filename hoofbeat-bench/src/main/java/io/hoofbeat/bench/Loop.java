/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The one thread of the tool: waits for sockets, lets the work send what is due, and writes once for each link at the end of each
 * turn.
 */
final class Loop implements AutoCloseable {

    /** What waits for a socket. */
    interface Ready {

        /** The socket is ready for something. */
        void ready();

        /** The loop's turn ends: what has gathered is written. */
        void flush();

        /** The loop ends. */
        void close();
    }

    /** What sends. */
    interface Work {

        /**
         * Sends what is due.
         *
         * @return nanoseconds until it wants to be called again, though nothing was received
         */
        long due(long nowNanos);
    }

    private static final long MILLI = 1_000_000;
    private static final long LONGEST_WAIT_NANOS = 100 * MILLI;

    private final Selector selector;
    private final Inbound inbound = new Inbound();
    private final FrameScanner scanner = new FrameScanner();
    private final Progress progress;
    private List<Ready> dirty = new ArrayList<>();
    private List<Ready> flushing = new ArrayList<>();
    private long readAt;

    Loop(Progress progress) throws IOException {
        this.progress = progress;
        selector = Selector.open();
    }

    Link connect(int index, Target target, Link.Events events) throws IOException {
        Link link = Link.of(index, this, target, events);
        link.connect();
        return link;
    }

    Selector selector() {
        return selector;
    }

    Inbound inbound() {
        return inbound;
    }

    FrameScanner scanner() {
        return scanner;
    }

    /** When the octets came that are being handled, or a little earlier. */
    long readAt() {
        return readAt;
    }

    void dirty(Ready one) {
        dirty.add(one);
    }

    /** Something that happened and changes nothing. */
    void note(String text) {
        progress.note(text);
    }

    /** Turns until it is done or late; whether it is done. */
    boolean until(BooleanSupplier done, long deadlineNanos, Work work, boolean spin) throws IOException {
        while (true) {
            long now = System.nanoTime();
            if (done.getAsBoolean()) {
                return true;
            }
            if (now - deadlineNanos >= 0) {
                return false;
            }
            progress.tick(now);
            long wait = Math.min(work.due(now), Math.min(deadlineNanos - now, LONGEST_WAIT_NANOS));
            flush();
            select(spin ? 0 : wait);
        }
    }

    /** Turns without sending anything but answers. */
    boolean until(BooleanSupplier done, long deadlineNanos) throws IOException {
        return until(done, deadlineNanos, now -> Long.MAX_VALUE, false);
    }

    private void select(long waitNanos) throws IOException {
        readAt = System.nanoTime();
        if (waitNanos <= 0) {
            selector.selectNow(this::ready);
        } else {
            selector.select(this::ready, (waitNanos + MILLI - 1) / MILLI);
        }
    }

    private void ready(SelectionKey key) {
        readAt = System.nanoTime();
        ((Ready) key.attachment()).ready();
    }

    private void flush() {
        while (!dirty.isEmpty()) {
            List<Ready> now = dirty;
            dirty = flushing;
            flushing = now;
            now.forEach(Ready::flush);
            now.clear();
        }
    }

    @Override
    public void close() throws IOException {
        flush();
        for (SelectionKey key : selector.keys()) {
            ((Ready) key.attachment()).close();
        }
        selector.close();
    }
}
