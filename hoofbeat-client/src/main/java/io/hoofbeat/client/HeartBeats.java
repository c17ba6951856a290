/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.HeartBeat;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Signs of life, both ways. A beat is sent when nothing was written for three quarters of the interval (for half of a short
 * one), and never behind a frame that is still under way. The server is lost after the tolerance, any octet being a sign; while
 * we do not read, its silence does not count.
 *
 * <p>Called by the connection's thread only.
 */
final class HeartBeats {

    /** What they need of a connection. */
    interface Wire {
        boolean isOpen();

        /** Whether everything that was written has gone. */
        boolean isIdle();

        boolean isReading();

        void beat();

        void lost(long silentMillis);
    }

    private final EventLoop loop;
    private final Wire wire;
    private final long sendAfterNanos;
    private final long lostAfterNanos;
    private long lastWriteNanos = System.nanoTime();
    private long lastReadNanos = System.nanoTime();

    HeartBeats(EventLoop loop, Wire wire, HeartBeat ours, HeartBeat theirs, double tolerance) {
        this.loop = loop;
        this.wire = wire;
        long send = ours.intervalTo(theirs);
        long receive = theirs.intervalTo(ours);
        this.sendAfterNanos = TimeUnit.MILLISECONDS.toNanos(send < 400 ? send / 2 : send * 3 / 4);
        this.lostAfterNanos = TimeUnit.MILLISECONDS.toNanos(
                receive == 0 ? 0 : Math.max((long) (receive * tolerance), receive + 1_000));
    }

    void start() {
        if (sendAfterNanos > 0) {
            loop.schedule(this::send, sendAfterNanos, TimeUnit.NANOSECONDS);
        }
        if (lostAfterNanos > 0) {
            loop.schedule(this::check, lostAfterNanos, TimeUnit.NANOSECONDS);
        }
    }

    void written() {
        lastWriteNanos = System.nanoTime();
    }

    void read() {
        lastReadNanos = System.nanoTime();
    }

    private void send() {
        if (!wire.isOpen()) {
            return;
        }
        long due = lastWriteNanos + sendAfterNanos - System.nanoTime();
        if (due <= 0) {
            if (wire.isIdle()) {
                wire.beat();
            }
            due = sendAfterNanos;
        }
        loop.schedule(this::send, due, TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (!wire.isOpen()) {
            return;
        }
        if (!wire.isReading()) {
            lastReadNanos = System.nanoTime();
        }
        long silent = System.nanoTime() - lastReadNanos;
        if (silent >= lostAfterNanos) {
            wire.lost(TimeUnit.NANOSECONDS.toMillis(silent));
        } else {
            loop.schedule(this::check, lostAfterNanos - silent, TimeUnit.NANOSECONDS);
        }
    }
}
