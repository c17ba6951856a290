/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Headers;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The receipts of a session: those that are due at once, and those that somebody else will confirm. */
final class Receipts {
    private final Session session;

    /** Promised and not kept; any thread. */
    private final AtomicInteger pending = new AtomicInteger();

    /** Whether the session is stalled until there are none; any thread. */
    private final AtomicBoolean stalled = new AtomicBoolean();

    Receipts(Session session) {
        this.session = session;
    }

    /** Any thread. */
    void offer(String id) {
        session.outbox().offer(new Frame(Command.RECEIPT, Headers.of("receipt-id", id)));
    }

    /** The receipt of a frame whose fate is decided elsewhere, perhaps later; null if none is asked for. Session's thread. */
    @Nullable Receipt promise(@Nullable String id) {
        if (id == null) {
            return null;
        }
        pending.incrementAndGet();
        return new Promise(id);
    }

    /** The last promise is not made after all: nobody took the frame. Session's thread. */
    void takeBack() {
        kept();
    }

    /** Stalls the session if promises are open, until they are kept. Session's thread. @return whether it did */
    boolean stallUntilKept() {
        if (pending.get() == 0) {
            return false;
        }
        stalled.set(true);
        session.stall();
        releaseIfKept();
        return true;
    }

    private void kept() {
        if (pending.decrementAndGet() == 0) {
            releaseIfKept();
        }
    }

    private void releaseIfKept() {
        if (pending.get() == 0 && stalled.compareAndSet(true, false)) {
            session.release();
        }
    }

    /** Any thread confirms it, once. */
    private final class Promise implements Receipt {
        private final String id;

        Promise(String id) {
            this.id = id;
        }

        @Override
        public void confirm() {
            offer(id);
            kept();
        }

        @Override
        public void fail(String text) {
            session.failLater(text, id);
            kept();
        }
    }
}
