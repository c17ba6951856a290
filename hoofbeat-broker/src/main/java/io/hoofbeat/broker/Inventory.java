/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is in a broker, for people who look: copies that are read-only, of which none is longer than was asked for.
 *
 * <p>Nobody is stopped while it is made, so that it is true of no single moment; it takes one destination's lock at a time. Whoever asks
 * pays for it by his own time, which grows with all that there is to look through. Any thread.
 */
public final class Inventory {
    private final Broker broker;

    Inventory(Broker broker) {
        this.broker = broker;
    }

    // ---- lists

    /**
     * Topics, queues and application code, by their names.
     *
     * @param names which
     * @param limit how many at most
     */
    public Listing<DestinationState> destinations(Predicate<String> names, int limit) {
        List<Destination> found = broker.destinations().all().stream()
                .filter(destination -> names.test(destination.name()))
                .sorted(Comparator.comparing(Destination::name))
                .toList();
        return new Listing<>(first(found, limit).map(Destination::state).toList(), found.size());
    }

    /** Sessions that are open, the oldest first. */
    public Listing<SessionState> sessions(Predicate<Session> which, int limit) {
        List<Session> found = open(which).toList();
        return new Listing<>(first(found, limit).map(this::state).toList(), found.size());
    }

    private Stream<Session> open(Predicate<Session> which) {
        return broker.sessions().stream()
                .filter(session -> session.isLetIn() && which.test(session))
                .sorted(Comparator.comparingLong(Session::number));
    }

    private static <T> Stream<T> first(List<T> found, int limit) {
        return found.stream().limit(Math.max(0, limit));
    }

    private SessionState state(Session session) {
        return new SessionState(
                session.id(),
                session.identity(),
                session.connection(),
                Objects.requireNonNull(session.version()),
                Duration.ofNanos(broker.nanoTime() - session.connection().acceptedNanos()),
                session.subscriptions().size(),
                session.outbox().bytes(),
                session.outbox().written());
    }

    /**
     * Subscriptions of those sessions, the oldest session's first.
     *
     * @param destinations which of theirs, by what they subscribed to
     */
    public Listing<SubscriptionState> subscriptions(Predicate<Session> of, Predicate<String> destinations, int limit) {
        List<Subscription> found = open(of).flatMap(session -> session.subscriptions().all().stream())
                .filter(subscription -> destinations.test(subscription.destination()))
                .toList();
        return new Listing<>(first(found, limit).map(Subscription::state).toList(), found.size());
    }

    // ---- sums

    public int sessionCount() {
        return broker.sessionCount();
    }

    public long subscriptionCount() {
        return broker.sessions().stream()
                .mapToLong(session -> session.subscriptions().size())
                .sum();
    }

    public int destinationCount() {
        return broker.destinations().all().size();
    }

    /** Messages of all queues, whether they wait or are under way. */
    public long queuedMessages() {
        long messages = 0;
        for (Destination destination : broker.destinations().all()) {
            messages += destination instanceof Queue queue ? queue.messages() : 0;
        }
        return messages;
    }

    /** Octets of all queues, what is promised to transactions included. */
    public long queuedBytes() {
        return broker.queueMemory().used();
    }

    /** Octets that wait to be written; a message that waits for many sessions counts for each of them. */
    public long outboxBytes() {
        return broker.sessions().stream()
                .mapToLong(session -> session.outbox().bytes())
                .sum();
    }

    /** Messages that have come into being since the broker began: what was sent, what the application published, dead letters. */
    public long publishedMessages() {
        return broker.messageCount();
    }

    /** Messages that were written to subscribers since the broker began. */
    public long deliveredMessages() {
        return broker.outboxMemory().delivered();
    }
}
