/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Frame;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Why a session takes no frames just now: how many reasons there are, and the frame, if any, that has to be tried again when there
 * are none. Reasons are counted, so that a release may come before the stall that it belongs to.
 */
final class Stalls {
    private final Session session;
    private final Connection connection;

    /** Any thread. */
    private final AtomicInteger reasons = new AtomicInteger();

    /** Session's thread. */
    private @Nullable Frame held;

    Stalls(Session session, Connection connection) {
        this.session = session;
        this.connection = connection;
    }

    /** Session's thread. */
    void add() {
        if (reasons.incrementAndGet() == 1) {
            connection.pauseReads();
        }
    }

    /** Any thread. */
    void remove() {
        if (reasons.decrementAndGet() == 0) {
            connection.execute(this::goOn);
        }
    }

    /** Whether there is no reason: if a frame was just to be held, its release came first, and it is tried again at once. */
    boolean isEmpty() {
        return reasons.get() <= 0;
    }

    /** Keeps the frame until there is no reason any more. Session's thread. */
    void hold(Frame frame) {
        held = frame;
    }

    /** Octets of the frame that is kept; 0 if there is none. Session's thread. */
    long heldOctets() {
        Frame frame = held;
        return frame == null ? 0 : (long) frame.headers().octets() + frame.body().length;
    }

    /** The session is over. Session's thread. */
    void forget() {
        held = null;
    }

    private void goOn() {
        if (!session.isOpen() || !isEmpty()) {
            return;
        }
        Frame first = held;
        held = null;
        if (first != null) {
            session.onFrame(first);
        }
        if (session.isOpen() && isEmpty()) {
            session.readingAgain();
            connection.resumeReads();
        }
    }
}
