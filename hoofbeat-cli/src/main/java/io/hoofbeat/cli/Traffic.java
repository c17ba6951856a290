/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Session;
import io.hoofbeat.server.StompServer;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What goes on in a server, in one line that is kept up to date. */
final class Traffic extends BrokerListener {
    private final long startNanos = System.nanoTime();
    private final LongAdder sessions = new LongAdder();
    private final LongAdder subscriptions = new LongAdder();
    private final LongAdder destinations = new LongAdder();
    private final LongAdder refused = new LongAdder();

    @Override
    public void sessionOpened(Session session) {
        sessions.increment();
    }

    @Override
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
        refused.increment();
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        sessions.decrement();
    }

    @Override
    public void subscribed(Session session, String destination) {
        subscriptions.increment();
    }

    @Override
    public void unsubscribed(Session session, String destination) {
        subscriptions.decrement();
    }

    @Override
    public void destinationCreated(String destination) {
        destinations.increment();
    }

    @Override
    public void destinationRemoved(String destination) {
        destinations.decrement();
    }

    /** Writes it once a second, for as long as the process runs. */
    void show(Screen screen, StompServer server) {
        if (!screen.isLive()) {
            return;
        }
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "hoofbeat-status");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleAtFixedRate(() -> screen.status(line()), 0, 1, TimeUnit.SECONDS);
    }

    private String line() {
        Duration up = Duration.ofNanos(System.nanoTime() - startNanos);
        StringBuilder line =
                new StringBuilder("  up %d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart()));
        count(line, sessions.sum(), "client");
        count(line, subscriptions.sum(), "subscription");
        count(line, destinations.sum(), "destination");
        if (refused.sum() > 0) {
            line.append(", ").append(refused.sum()).append(" refused");
        }
        return line.append(' ').toString();
    }

    private static void count(StringBuilder line, long number, String what) {
        line.append(", ").append(number).append(' ').append(what).append(number == 1 ? "" : "s");
    }
}
