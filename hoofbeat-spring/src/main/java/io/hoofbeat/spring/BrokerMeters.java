/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.CloseReason;
import io.hoofbeat.broker.ConnectionInfo;
import io.hoofbeat.broker.Session;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What happens in the broker, as Micrometer's meters; the names begin with {@code hoofbeat.}. None has a tag that clients can choose, so
 * that their number is bounded.
 */
final class BrokerMeters extends BrokerListener implements MeterBinder {
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicLong subscriptions = new AtomicLong();
    private final AtomicLong destinations = new AtomicLong();

    /** Null until Micrometer is there; what happens before is not counted. */
    private volatile @Nullable MeterRegistry registry;

    @Override
    public void bindTo(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("hoofbeat.sessions", sessions, AtomicLong::get)
                .description("Sessions that are open.")
                .register(registry);
        Gauge.builder("hoofbeat.subscriptions", subscriptions, AtomicLong::get)
                .description("Subscriptions of all sessions.")
                .register(registry);
        Gauge.builder("hoofbeat.destinations", destinations, AtomicLong::get)
                .description("Topics and queues that there are.")
                .register(registry);
    }

    private void count(String name, String text, String... tags) {
        count(name, text, 1, tags);
    }

    private void count(String name, String text, long count, String... tags) {
        MeterRegistry known = registry;
        if (known != null) {
            Counter.builder(name).description(text).tags(tags).register(known).increment(count);
        }
    }

    @Override
    public void sessionOpened(Session session) {
        sessions.incrementAndGet();
        count("hoofbeat.sessions.opened", "Sessions that began.");
    }

    @Override
    public void sessionClosed(Session session, CloseReason reason, String text) {
        sessions.decrementAndGet();
        count(
                "hoofbeat.sessions.closed",
                "Sessions that ended, by the reason.",
                "reason",
                reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    @Override
    public void connectRefused(ConnectionInfo connection, @Nullable String login, String why) {
        count("hoofbeat.connects.refused", "CONNECTs that were refused.");
    }

    @Override
    public void protocolViolated(ConnectionInfo connection, String text) {
        count("hoofbeat.protocol.violations", "Frames that broke the protocol.");
    }

    @Override
    public void subscribed(Session session, String destination) {
        subscriptions.incrementAndGet();
    }

    @Override
    public void unsubscribed(Session session, String destination) {
        subscriptions.decrementAndGet();
    }

    @Override
    public void destinationCreated(String destination) {
        destinations.incrementAndGet();
    }

    @Override
    public void destinationRemoved(String destination) {
        destinations.decrementAndGet();
    }

    @Override
    public void publisherStalled(String destination) {
        count("hoofbeat.publishers.stalled", "How often a publisher had to wait for a subscriber or for room.");
    }

    @Override
    public void messageDead(String destination, String why) {
        count("hoofbeat.messages.dead", "Messages that nobody could process.");
    }

    @Override
    public void messageExpired(String destination) {
        count("hoofbeat.messages.expired", "Messages whose time was over.");
    }

    @Override
    public void messagesDropped(Session session, String destination, long count) {
        count("hoofbeat.messages.dropped", "Messages that slow subscribers lost.", count);
    }

    @Override
    public void failed(String where, Throwable failure) {
        count("hoofbeat.failures", "Failures of the broker itself.");
    }
}
