/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a broker is, in as few lines as possible: who may hold which message. Bodies are unique, so that a body names a message. Which
 * consumer of a queue gets a message is the real broker's choice; the model only says whether the choice was allowed.
 */
final class ModelBroker {

    /** A message of a queue: where it stands, and who has it (null: it waits). */
    static final class Queued {
        final String body;
        final long position;
        String holder;
        boolean delivered;

        Queued(String body, long position, String holder) {
            this.body = body;
            this.position = position;
            this.holder = holder;
        }
    }

    static final String NOBODY = "";

    private final Map<String, Set<Queued>> queues = new LinkedHashMap<>();
    private final Map<String, List<String>> topicSubscribers = new LinkedHashMap<>();
    private final Map<String, List<String>> expectedFromTopics = new LinkedHashMap<>();
    private long position;

    private Set<Queued> queue(String name) {
        return queues.computeIfAbsent(name, key -> new TreeSet<>(Comparator.comparingLong(each -> each.position)));
    }

    void send(String destination, String body) {
        if (destination.startsWith("/queue/")) {
            queue(destination).add(new Queued(body, position++, NOBODY));
        } else {
            for (String subscriber : topicSubscribers.getOrDefault(destination, List.of())) {
                expectedFromTopics
                        .computeIfAbsent(subscriber, key -> new ArrayList<>())
                        .add(body);
            }
        }
    }

    void subscribe(String subscriber, String destination) {
        if (!destination.startsWith("/queue/")) {
            topicSubscribers
                    .computeIfAbsent(destination, key -> new ArrayList<>())
                    .add(subscriber);
        }
    }

    /** It ends; what it held waits again. */
    void unsubscribe(String subscriber) {
        topicSubscribers.values().forEach(all -> all.remove(subscriber));
        for (Set<Queued> queue : queues.values()) {
            queue.stream().filter(each -> each.holder.equals(subscriber)).forEach(each -> each.holder = NOBODY);
        }
    }

    /** The real broker delivered that to him. */
    void delivered(String subscriber, String destination, String body, boolean redelivered, boolean auto) {
        if (!destination.startsWith("/queue/")) {
            List<String> expected = expectedFromTopics.getOrDefault(subscriber, List.of());
            check(
                    !expected.isEmpty() && expected.get(0).equals(body),
                    subscriber + " got " + body + ", expected " + expected);
            expected.remove(0);
            return;
        }
        Queued message = queue(destination).stream()
                .filter(each -> each.body.equals(body))
                .findFirst()
                .orElseThrow(() -> new AssertionError(body + " is not in " + destination + " any more"));
        check(message.holder.equals(NOBODY), body + " went to " + subscriber + " while " + message.holder + " has it");
        check(
                message.delivered == redelivered,
                body + " redelivered:" + redelivered + ", delivered before: " + message.delivered);
        message.holder = subscriber;
        message.delivered = true;
        if (auto) {
            queue(destination).remove(message);
        }
    }

    void acknowledged(String destination, String body) {
        check(queue(destination).removeIf(each -> each.body.equals(body)), body + " was not in " + destination);
    }

    void refused(String destination, String body) {
        queue(destination).stream().filter(each -> each.body.equals(body)).forEach(each -> each.holder = NOBODY);
    }

    /** What nobody has, in order. */
    List<String> waiting(String destination) {
        return queue(destination).stream()
                .filter(each -> each.holder.equals(NOBODY))
                .map(each -> each.body)
                .toList();
    }

    Iterable<String> queueNames() {
        return queues.keySet();
    }

    void checkTopicsEmpty() {
        expectedFromTopics.forEach(
                (subscriber, bodies) -> check(bodies.isEmpty(), subscriber + " did not get " + bodies));
    }

    void forgetTopicsOf(String subscriber) {
        expectedFromTopics.remove(subscriber);
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new AssertionError(otherwise);
        }
    }
}
