/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Many subscribers of one topic, all of whom read, and a publisher that goes as fast as they do. */
final class Crowd {

    /** How many different values the header {@code key} has. */
    static final int KEYS = 10;

    private static final int WINDOW = 20;
    private static final String FILLING = "filling";

    private final StompPeer publisher;
    private final String topic;
    private final List<StompPeer> readers = new ArrayList<>();
    private final List<AtomicInteger> progress = new ArrayList<>();
    private final AtomicLong worstNanos = new AtomicLong();
    private final List<CompletableFuture<Void>> reading = new ArrayList<>();
    private int published;

    Crowd(Scene scene, String topic, int size) {
        this.topic = topic;
        this.publisher = scene.client();
        for (int i = 0; i < size; i++) {
            StompPeer reader =
                    scene.add(scene.builder().timeout(Duration.ofSeconds(10)).connect());
            reader.open(scene.version);
            readers.add(reader.subscribe(topic));
            progress.add(new AtomicInteger());
        }
    }

    /** Sends a peer that does not read more than fits into all the buffers on the way, from a queue, which has patience. */
    static void fill(Scene scene, StompPeer frozen) {
        frozen.subscribeAs(FILLING, scene.queue(2));
        StompPeer filler = scene.client();
        String frame = "SEND⏎destination:{Q2}⏎⏎" + "f".repeat(4_096) + "␀";
        for (int i = 0; i < 100; i++) {
            filler.send(frame.repeat(30));
        }
        filler.sync();
    }

    static boolean isFilling(PeerFrame message) {
        return FILLING.equals(message.header("subscription"));
    }

    /** Publishes numbered messages of 1 KiB, never more than a few ahead of the slowest reader. */
    void publish(int count) {
        for (int i = 0; i < readers.size(); i++) {
            StompPeer reader = readers.get(i);
            AtomicInteger done = progress.get(i);
            reading.add(Aside.run(() -> read(reader, done, count)));
        }
        String filling = "x".repeat(1_000);
        while (published < count) {
            Sockets.await(
                    Duration.ofSeconds(10),
                    () -> published - slowest() < WINDOW,
                    "a reader got " + slowest() + " of " + published);
            for (int i = 0; i < WINDOW / 2 && published < count; i++) {
                publisher.send("SEND⏎destination:" + topic + "⏎key:k" + published % KEYS + "⏎⏎" + published + " "
                        + System.nanoTime() + " " + filling + "␀");
                published++;
            }
        }
    }

    private int slowest() {
        return progress.stream().mapToInt(AtomicInteger::get).min().orElse(published);
    }

    private void read(StompPeer reader, AtomicInteger done, int count) {
        for (int i = 0; i < count; i++) {
            PeerFrame message = reader.expect("MESSAGE");
            assertThat(number(message)).isEqualTo(i);
            long sent = Long.parseLong(message.text().split(" ", 3)[1]);
            worstNanos.accumulateAndGet(message.nanos() - sent, Math::max);
            done.set(i + 1);
        }
    }

    /** The number of a message. */
    static int number(PeerFrame message) {
        return Integer.parseInt(message.text().split(" ", 2)[0]);
    }

    void expectAllInOrderWithin(long millis) {
        reading.forEach(CompletableFuture::join);
        assertThat(Beats.millis(worstNanos.get()))
                .as("the worst latency")
                .isLessThanOrEqualTo(millis + Jitter.millis());
    }
}
