/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.protocol.HeartBeat;

/**
 * What a session's time is up to: its CONNECT, heart-beats both ways, a frame that stands still, transactions and deliveries that
 * stay open. Called by the session's thread, as often as it asks for.
 */
final class Watch {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final long LEAST = 5 * MILLI;

    private final Session session;
    private final BrokerOptions options;

    /** How far ahead one may look while nothing is going on: whatever may begin meanwhile is then seen in time. */
    private final long horizon;

    /** Nanoseconds between heart-beats, 0: none; as negotiated. */
    private long sendEvery;

    private long receiveEvery;

    /** When reading was last taken up again, which gives the peer a full interval (SX-HB-5). */
    private long readingSince;

    private long nextSlowCheck;

    Watch(Session session, BrokerOptions options, long nowNanos) {
        this.session = session;
        this.options = options;
        this.horizon = Math.min(60 * SECOND, Math.min(options.frameTimeout().toNanos(), slowest()));
        this.readingSince = nowNanos;
        this.nextSlowCheck = nowNanos + SECOND;
    }

    void negotiated(HeartBeat offered, HeartBeat asked) {
        sendEvery = offered.intervalTo(asked) * MILLI;
        receiveEvery = asked.intervalTo(offered) * MILLI;
    }

    void readingAgain(long nowNanos) {
        readingSince = nowNanos;
    }

    /** The connection was accepted, and no CONNECT has been accepted so far. */
    long untilConnect(long now, long acceptedNanos) {
        long left = acceptedNanos + options.connectTimeout().toNanos() - now;
        if (left <= 0) {
            session.end(
                    CloseReason.REFUSED,
                    "no complete CONNECT within " + options.connectTimeout().toMillis() + " ms");
        }
        return Math.max(LEAST, left);
    }

    long next(long now, long lastRead, long lastWrite, boolean insideFrame, boolean reading) {
        long due = now + horizon;
        if (reading) {
            due = Math.min(due, checkReading(now, Math.max(lastRead - now, readingSince - now) + now, insideFrame));
        }
        due = Math.min(due, checkWriting(now, lastWrite));
        return Math.max(LEAST, Math.min(due, checkOpenEnds(now)) - now);
    }

    /** Transactions and deliveries that stay open too long end the session; looked at now and then. */
    private long checkOpenEnds(long now) {
        long begun = session.oldestTransactionNanos();
        long written = session.subscriptions().oldestUnsettledNanos();
        if (begun == Long.MAX_VALUE && written == Long.MAX_VALUE) {
            return now + horizon;
        }
        if (now - nextSlowCheck >= 0) {
            nextSlowCheck = now + Math.min(30 * SECOND, slowest() / 4);
            if (begun != Long.MAX_VALUE
                    && now - begun > options.transactionTimeout().toNanos()) {
                session.end(
                        CloseReason.REFUSED,
                        "a transaction was open longer than "
                                + options.transactionTimeout().toMillis() + " ms");
            } else if (written != Long.MAX_VALUE
                    && now - written > options.ackTimeout().toNanos()) {
                session.end(
                        CloseReason.REFUSED,
                        "a message was not acknowledged within "
                                + options.ackTimeout().toMillis() + " ms");
            }
        }
        return nextSlowCheck;
    }

    private long slowest() {
        return Math.min(
                options.transactionTimeout().toNanos(), options.ackTimeout().toNanos());
    }

    private long checkReading(long now, long since, boolean insideFrame) {
        long due = now + horizon;
        if (receiveEvery > 0) {
            due = since + tolerance(receiveEvery);
            if (now - due >= 0) {
                session.end(CloseReason.LOST, "no heart-beat for " + (now - since) / MILLI + " ms");
                return due;
            }
        } else if (!options.silenceTimeout().isZero()) {
            due = since + options.silenceTimeout().toNanos();
            if (now - due >= 0) {
                session.end(
                        CloseReason.LOST, "silent for " + (now - since) / MILLI + " ms, and no heart-beats agreed on");
                return due;
            }
        }
        if (insideFrame) {
            long frameDue = since + options.frameTimeout().toNanos();
            if (now - frameDue >= 0) {
                session.end(CloseReason.LOST, "a frame was begun and stood still for " + (now - since) / MILLI + " ms");
                return frameDue;
            }
            due = due - frameDue < 0 ? due : frameDue;
        }
        return due;
    }

    /** Sends a heart-beat when nothing was sent for a while; that is well before the interval is over (SX-HB-3). */
    private long checkWriting(long now, long lastWrite) {
        if (sendEvery == 0) {
            return now + horizon;
        }
        long gap = sendEvery < 400 * MILLI ? sendEvery / 2 : sendEvery / 4 * 3;
        if (!session.outbox().isEmpty()) {
            long stuck = lastWrite + Math.max(tolerance(sendEvery), 10 * SECOND);
            if (now - stuck >= 0) {
                session.end(CloseReason.LOST, "the peer takes nothing any more");
            }
            return now + gap;
        }
        long due = lastWrite + gap;
        if (now - due >= 0) {
            session.outbox().beat();
            due = now + gap;
        }
        return due;
    }

    private long tolerance(long interval) {
        return Math.max((long) (interval * options.heartBeatTolerance()), interval + SECOND);
    }
}
