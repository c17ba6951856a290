/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Messages that show that subscriptions are there, for servers that do not say so: sent to all destinations again and again, until one
 * has arrived by each subscription. They are not counted otherwise, whenever they come. Used by the loop's thread.
 */
final class Probes implements Loop.Work {

    /** What their bodies begin with; no {@link Stamp} does. */
    static final byte MARK = 'p';

    private static final long INTERVAL_NANOS = 200_000_000L;

    private record Destination(Link publisher, String name) {}

    private final int wanted;
    private final List<Destination> destinations = new ArrayList<>();
    private final BitSet arrived = new BitSet();
    private final int streams;
    private long dueNanos = System.nanoTime();

    Probes(Scenario scenario) {
        streams = scenario.publishers() * scenario.topics();
        wanted = streams * scenario.receiversOfEach();
    }

    /** Adds a connection that sends, and where it sends to. */
    void publisher(Link link, List<String> names) {
        names.forEach(name -> destinations.add(new Destination(link, name)));
    }

    @Override
    public long due(long nowNanos) {
        if (dueNanos - nowNanos <= 0) {
            dueNanos = nowNanos + INTERVAL_NANOS;
            for (int i = 0; i < destinations.size(); i++) {
                Destination to = destinations.get(i);
                to.publisher.send("SEND\ndestination:" + to.name + "\n\n" + body(i) + "\0");
            }
        }
        return dueNanos - nowNanos;
    }

    private static String body(int stream) {
        return String.format(Locale.ROOT, "%c%06d", (char) MARK, stream);
    }

    void arrived(int subscriber, FrameScanner frame) {
        int stream = 0;
        for (int i = 1; i < frame.bodyLength(); i++) {
            stream = stream * 10 + frame.octets()[frame.bodyStart() + i] - '0';
        }
        arrived.set(subscriber * streams + stream);
    }

    boolean areComplete() {
        return arrived.cardinality() >= wanted;
    }

    String describe() {
        return arrived.cardinality() + " of " + wanted;
    }
}
