/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.List;

/**
 * How long publishers to topics are held for one session that does not keep up (SX-SLOW-1): until it has room, but not longer
 * than a bounded time in all, and not at all for one that takes nothing. Then the policy of the destination applies.
 */
final class Patience {
    private static final long FORGIVEN_NANOS = 10_000_000_000L;

    private final Session session;
    private final Outbox outbox;
    private final Broker broker;
    private final long limitNanos;

    /** Half of it: long enough that a pause of the peer, such as a garbage collection, is not taken for its end. */
    private final long checkNanos;

    private final long hardLimit;

    /** Guarded by this, as is all that follows. */
    private List<Publisher> held = new ArrayList<>(2);

    private boolean watching;

    /** Which time of watching it is; a look that belongs to an earlier one is void. */
    private int watch;

    private boolean exhausted;
    private long spentNanos;
    private long lastEndNanos;
    private long writtenBefore;

    Patience(Session session) {
        this.session = session;
        this.outbox = session.outbox();
        this.broker = session.broker();
        this.limitNanos = broker.options().stallTime().toNanos();
        this.checkNanos = Math.max(1, limitNanos / 2);
        this.hardLimit = 2 * broker.options().outboxHighWater();
    }

    /**
     * Holds the publisher, if it can wait. One that cannot may go on until there is twice as much as should be; so may this very
     * session, which perhaps reads only when it has written.
     *
     * @return false: patience is at an end
     */
    boolean hold(Publisher from, String destination) {
        boolean beyond = outbox.bytes() >= hardLimit;
        boolean waits = from.canWait() && (beyond || from.number() != session.number());
        boolean begin;
        int number;
        synchronized (this) {
            if (exhausted) {
                return false;
            }
            if (waits) {
                held.add(from);
            }
            begin = !watching;
            if (begin) {
                watching = true;
                watch++;
                long now = broker.nanoTime();
                spentNanos = now - lastEndNanos > FORGIVEN_NANOS ? 0 : spentNanos;
                writtenBefore = outbox.written();
            }
            number = watch;
        }
        if (waits) {
            from.stall();
            broker.listener().publisherStalled(destination);
        }
        if (begin) {
            if (outbox.whenRoom(this::roomAgain)) {
                broker.schedule(() -> look(number), checkNanos);
            } else {
                roomAgain();
            }
        }
        return waits || !beyond;
    }

    /** The outbox has room again. */
    private void roomAgain() {
        List<Publisher> released;
        synchronized (this) {
            watching = false;
            exhausted = false;
            lastEndNanos = broker.nanoTime();
            released = held;
            held = new ArrayList<>(2);
        }
        released.forEach(Publisher::release);
    }

    /** Timer. The session's own thread looks, so that it has had its chance to write before. */
    private void look(int since) {
        session.execute(() -> check(since));
    }

    private void check(int since) {
        List<Publisher> released = List.of();
        synchronized (this) {
            if (!watching || exhausted || since != watch) {
                return;
            }
            long written = outbox.written();
            spentNanos += checkNanos;
            if (written == writtenBefore || spentNanos >= limitNanos) {
                exhausted = true;
                released = held;
                held = new ArrayList<>(2);
            }
            writtenBefore = written;
        }
        if (released.isEmpty()) {
            broker.schedule(() -> look(since), checkNanos);
        } else {
            released.forEach(Publisher::release);
        }
    }
}
