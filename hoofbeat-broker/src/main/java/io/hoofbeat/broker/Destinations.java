/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import io.hoofbeat.broker.Authorizer.Operation;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The directory: finds, creates by policy, forgets the idle, and binds pattern subscriptions to each new match. Looking up takes
 * no lock; creating, and subscribing to a pattern, take this object's, so that neither can miss the other.
 */
final class Destinations {

    /** Below it are the temporary queues of sessions; only their owners may subscribe there. */
    static final String REPLY_QUEUES = "/reply-queue/";

    /** What a destination takes beside its name: that of a queue, which is the most. */
    private static final int OVERHEAD = 448;

    private record Rule(Predicate<String> pattern, DestinationPolicy policy) {}

    private record Code(Predicate<String> pattern, Handler handler) {}

    private final Broker broker;
    private final DestinationMatcher matcher;
    private final List<Rule> rules = new ArrayList<>();
    private final ConcurrentHashMap<String, Destination> byName = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private final List<Code> handlers = new ArrayList<>();

    private final ConcurrentHashMap<Subscription, Predicate<String>> patterns = new ConcurrentHashMap<>();

    Destinations(Broker broker) {
        this.broker = broker;
        this.matcher = broker.options().matcher();
        for (DestinationPolicy policy : broker.options().policies()) {
            rules.add(new Rule(DestinationMatcher.WILDCARDS.compile(policy.pattern()), policy));
        }
    }

    boolean isPattern(String destination) {
        return matcher.isPattern(destination);
    }

    /** The policy for that name, whether there is such a destination or not. */
    DestinationPolicy policy(String name) {
        for (Rule rule : rules) {
            if (rule.pattern.test(name)) {
                return rule.policy;
            }
        }
        throw new IllegalStateException("no policy for " + name);
    }

    /**
     * The destination of that name, created if policy allows.
     *
     * @throws RefusedException if there is none and there shall be none
     */
    Destination find(String name) {
        Destination destination = byName.get(name);
        return destination != null ? destination : create(name);
    }

    @Nullable Destination lookUp(String name) {
        return byName.get(name);
    }

    Collection<Destination> all() {
        return byName.values();
    }

    private Destination create(String name) {
        DestinationPolicy policy = policy(name);
        Destination created;
        synchronized (this) {
            Destination known = byName.get(name);
            if (known != null) {
                return known;
            }
            Handler handler = handler(name);
            if (handler == null && !policy.create()) {
                throw new RefusedException(
                        CloseReason.REFUSED, "there is no destination " + name + " and it may not be created");
            }
            if (byName.size() >= broker.options().maxDestinations()) {
                throw new RefusedException(
                        CloseReason.OVERLOADED,
                        "too many destinations (limit " + broker.options().maxDestinations() + ")");
            }
            created = handler != null
                    ? new AppDestination(name, policy, handler, broker)
                    : policy.kind() == Kind.QUEUE
                            ? new Queue(name, policy, broker, false)
                            : new Topic(name, policy, broker.outboxMemory());
            takeMemory(name);
            byName.put(name, created);
            patterns.forEach((subscription, pattern) -> bindIfMatching(subscription, pattern, created));
        }
        broker.listener().destinationCreated(name);
        return created;
    }

    private @Nullable Handler handler(String name) {
        for (Code code : handlers) {
            if (code.pattern.test(name)) {
                return code.handler;
            }
        }
        return null;
    }

    /** Application code for all destinations of that name or pattern; what is there under such a name is replaced. */
    synchronized void handle(String pattern, Handler handler) {
        Predicate<String> matches = matcher.isPattern(pattern) ? matcher.compile(pattern) : pattern::equals;
        handlers.add(0, new Code(matches, handler));
        byName.values().stream().filter(known -> matches.test(known.name())).forEach(this::remove);
    }

    /**
     * Whether a pattern means that destination at all: never temporary queues or application code, and a queue, where it would
     * take messages away from others, only if it names the first part of it.
     */
    private boolean mayMean(Subscription subscription, Destination destination) {
        if (destination instanceof Queue queue) {
            String text = subscription.destination();
            int end = 1;
            while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '.') {
                end++;
            }
            return !queue.isTemporary() && !matcher.isPattern(text.substring(0, end));
        }
        return destination instanceof Topic;
    }

    private void bindIfMatching(Subscription subscription, Predicate<String> pattern, Destination destination) {
        String name = destination.name();
        if (pattern.test(name)
                && mayMean(subscription, destination)
                && subscription.session().mayDo(Operation.SUBSCRIBE, name)) {
            subscription.bind(destination);
        }
    }

    /** Makes sure that {@link #subscribe} cannot fail. */
    void prepare(Subscription subscription) {
        if (!matcher.isPattern(subscription.destination())) {
            find(subscription.session().realName(subscription.destination()));
        } else {
            try {
                var unused = matcher.compile(subscription.destination());
            } catch (IllegalArgumentException e) {
                throw new RefusedException(CloseReason.PROTOCOL_ERROR, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Subscribes where it says: at one destination, or at all that match now and later. */
    void subscribe(Subscription subscription) {
        String name = subscription.destination();
        if (!matcher.isPattern(name)) {
            while (!subscription.bind(find(subscription.session().realName(name)))) {
                Thread.onSpinWait(); // it was forgotten in between, and is found anew
            }
            return;
        }
        Predicate<String> pattern = matcher.compile(name);
        synchronized (this) {
            patterns.put(subscription, pattern);
            for (Destination destination : byName.values()) {
                bindIfMatching(subscription, pattern, destination);
            }
        }
    }

    void unsubscribe(Subscription subscription) {
        patterns.remove(subscription);
        subscription.end();
    }

    /** A queue of one session, until it goes. */
    Queue createTemporary(String name) {
        takeMemory(name);
        Queue queue = new Queue(name, policy(name), broker, true);
        byName.put(name, queue);
        return queue;
    }

    void delete(Queue queue) {
        remove(queue);
        queue.delete();
    }

    /** Timer: forgets what nobody used since the last time. */
    void forgetIdle() {
        for (Destination destination : byName.values()) {
            if (destination.forgetIfIdle()) {
                remove(destination);
                patterns.keySet().forEach(subscription -> subscription.unbind(destination));
                broker.listener().destinationRemoved(destination.name());
            }
        }
    }

    private void takeMemory(String name) {
        if (!broker.directoryMemory().take(OVERHEAD + SharedMemory.octets(name))) {
            throw broker.directoryMemory().exceeded();
        }
    }

    private void remove(Destination destination) {
        if (byName.remove(destination.name(), destination)) {
            broker.directoryMemory().give(OVERHEAD + SharedMemory.octets(destination.name()));
        }
    }

    /** Refuses names that cannot be meant. */
    void check(String name) {
        if (name.isEmpty()) {
            throw new RefusedException(CloseReason.PROTOCOL_ERROR, "destination is empty");
        }
        if (name.charAt(0) <= ' ' || name.charAt(name.length() - 1) <= ' ') {
            throw new RefusedException(
                    CloseReason.PROTOCOL_ERROR,
                    "destination begins or ends with a blank; STOMP does not trim values, write it right behind the colon");
        }
        int limit = broker.options().maxDestinationBytes();
        if (name.length() > limit / 4 && name.getBytes(StandardCharsets.UTF_8).length > limit) {
            throw new RefusedException(CloseReason.PROTOCOL_ERROR, "destination longer than " + limit + " octets");
        }
    }
}
