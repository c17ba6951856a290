/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.util.List;
import java.util.Locale;

/**
 * A row of the table: what is sent, by how many, to how many.
 *
 * @param name as on the command line
 * @param publishers connections that send
 * @param subscribers connections that receive; for {@link Kind#HOLD} all there are
 * @param topics for each publisher
 * @param size of a body
 * @param rate messages per second of all publishers together; 0 for as many as the window lets out
 * @param window how many messages of a publisher may be under way: sent and not delivered everywhere, or not receipted
 * @param ack as in SUBSCRIBE
 * @param ackEvery how many messages an ACK is for
 * @param durable whether each SEND asks for a receipt, and its window counts receipts
 */
record Scenario(
        String name,
        Kind kind,
        int publishers,
        int subscribers,
        int topics,
        int size,
        int rate,
        int window,
        String ack,
        int ackEvery,
        boolean durable) {

    /** How publishers and subscribers meet. */
    enum Kind {
        /** All at one topic. */
        TOPIC,
        /** Each publisher has a topic, each topic one subscriber. */
        PAIRS,
        /** Each publisher has many topics, and each topic is matched by one pattern. */
        WILDCARDS,
        /** All at one queue. */
        QUEUE,
        /** No publishers: connections that are there. */
        HOLD
    }

    /** All rows, in the table's order. */
    static List<Scenario> rows() {
        return List.of(
                fanOut("fan-out-1", 1, 100, 1000),
                fanOut("fan-out-10", 10, 100, 1000),
                fanOut("fan-out-100", 100, 100, 200),
                fanOut("fan-out-1000", 1000, 100, 50),
                fanOut("fan-out-100-1k", 100, 1024, 100),
                fanOut("fan-out-1000-1k", 1000, 1024, 20),
                new Scenario("feed", Kind.TOPIC, 1, 1000, 1, 100, 25, 0, "auto", 1, false),
                new Scenario("publishers-100", Kind.PAIRS, 100, 100, 1, 100, 0, 100, "auto", 1, false),
                new Scenario("wildcards-1000", Kind.WILDCARDS, 10, 10, 100, 100, 0, 200, "auto", 1, false),
                queue("queue-1-auto", 1, 1000, "auto", 1),
                queue("queue-1-individual", 1, 1000, "client-individual", 1),
                queue("queue-10-auto", 10, 200, "auto", 1),
                queue("queue-10-individual", 10, 200, "client-individual", 1),
                queue("queue-1-client-32", 1, 1000, "client", 32),
                new Scenario("durable-1", Kind.QUEUE, 1, 1, 1, 100, 0, 1, "auto", 1, true),
                new Scenario("durable-64", Kind.QUEUE, 64, 1, 1, 100, 0, 1, "auto", 1, true),
                new Scenario("durable-1-100", Kind.QUEUE, 1, 1, 1, 100, 0, 100, "auto", 1, true),
                new Scenario("latency-1000", Kind.TOPIC, 1, 1, 1, 100, 1000, 0, "auto", 1, false),
                new Scenario("latency-20000", Kind.TOPIC, 1, 1, 1, 100, 20_000, 0, "auto", 1, false),
                new Scenario("connections-2000", Kind.HOLD, 1, 2000, 1, 100, 0, 0, "auto", 1, false),
                new Scenario("connections-5000", Kind.HOLD, 1, 5000, 1, 100, 0, 0, "auto", 1, false),
                new Scenario("connections-15000", Kind.HOLD, 1, 15_000, 1, 100, 0, 0, "auto", 1, false));
    }

    private static Scenario fanOut(String name, int subscribers, int size, int window) {
        return new Scenario(name, Kind.TOPIC, 1, subscribers, 1, size, 0, window, "auto", 1, false);
    }

    private static Scenario queue(String name, int each, int window, String ack, int ackEvery) {
        return new Scenario(name, Kind.QUEUE, each, each, 1, 100, 0, window, ack, ackEvery, false);
    }

    /** As the table calls it, without the transport. */
    String title() {
        String body = size < 1024 || size % 1024 != 0 ? size + " B" : size / 1024 + " KB";
        String each = publishers + ":" + subscribers;
        return switch (kind) {
            case TOPIC ->
                rate > 0
                        ? String.format(Locale.ROOT, "%,d messages/s → %,d, %s", rate, subscribers, body)
                        : String.format(Locale.ROOT, "fan-out %d → %,d, %s", publishers, subscribers, body);
            case PAIRS -> publishers + " publishers → " + publishers + " topics, " + body;
            case WILDCARDS ->
                String.format(Locale.ROOT, "%,d topics, as many wildcard patterns, %s", publishers * topics, body);
            case QUEUE ->
                durable
                        ? "durable queue " + each + ", " + window + " receipts outstanding each"
                        : "queue " + each + ", " + ack + (ackEvery > 1 ? ", ACK of every " + ackEvery + "th" : "");
            case HOLD -> String.format(Locale.ROOT, "%,d connections", subscribers);
        };
    }

    /** How many receivers a message has. */
    int receiversOfEach() {
        return kind == Kind.TOPIC ? subscribers : 1;
    }

    /** Whether latencies are taken. */
    boolean isTimed() {
        return rate > 0 || durable;
    }

    /** Whether the latency is all it is about, so that the tool must not sleep. */
    boolean isLatency() {
        return rate > 0 && subscribers == 1;
    }

    Scenario withSize(int other) {
        return new Scenario(name, kind, publishers, subscribers, topics, other, rate, window, ack, ackEvery, durable);
    }

    Scenario withRate(int other) {
        return new Scenario(name, kind, publishers, subscribers, topics, size, other, window, ack, ackEvery, durable);
    }

    Scenario withWindow(int other) {
        return new Scenario(name, kind, publishers, subscribers, topics, size, rate, other, ack, ackEvery, durable);
    }

    /** Subscribers; publishers too, where there are as many. */
    Scenario withSubscribers(int other) {
        int senders = publishers == subscribers ? other : publishers;
        return new Scenario(name, kind, senders, other, topics, size, rate, window, ack, ackEvery, durable);
    }
}
