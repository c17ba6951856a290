/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.Inbox.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody who has nothing to do with what is going on: fifty messages a second through a queue of its own, with receipts. It is
 * to lose none of them, whatever others do. The time of a message is taken from when it was due, not from when it could be sent.
 */
final class Canary implements AutoCloseable {
    /** How many it has. */
    static final int SESSIONS = 2;

    private static final long INTERVAL_NANOS = 20_000_000L;
    private static final int MOST = 200_000;

    private final Peer producer;
    private final Peer consumer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Thread receipts = new Thread(this::takeReceipts, "canary-receipts");
    private final Thread deliveries = new Thread(this::takeDeliveries, "canary-deliveries");
    private final long[] nanos = new long[MOST];
    private final String queue = "/queue/canary-" + System.nanoTime();
    private final long startNanos;

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger confirmed = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private volatile String failure;
    private volatile boolean isOver;

    Canary(int port, String... credentials) throws IOException {
        producer = Peer.open(port, credentials);
        consumer = Peer.open(port, credentials);
        consumer.subscribe("canary", queue, "ack:client-individual");
        startNanos = System.nanoTime();
        receipts.start();
        deliveries.start();
        clock.scheduleAtFixedRate(this::send, 0, INTERVAL_NANOS, TimeUnit.NANOSECONDS);
    }

    private void send() {
        try {
            int number = sent.getAndIncrement();
            producer.send("SEND\ndestination:" + queue + "\nreceipt:" + number + "\n\n" + number + "\0");
        } catch (IOException e) {
            fail("sending: " + e);
        }
    }

    private void takeReceipts() {
        try {
            for (Reply reply = producer.next(); reply != null; reply = producer.next()) {
                check(reply, "RECEIPT", reply.header("receipt-id"), confirmed.getAndIncrement());
            }
            fail("the producer's connection ended");
        } catch (IOException | RuntimeException | AssertionError e) {
            fail("receipts: " + e);
        }
    }

    private void takeDeliveries() {
        try {
            for (Reply reply = consumer.next(); reply != null; reply = consumer.next()) {
                int number = received.get();
                check(reply, "MESSAGE", reply.body(), number);
                nanos[number] = System.nanoTime() - startNanos - number * INTERVAL_NANOS;
                received.incrementAndGet();
                consumer.send("ACK\nid:" + reply.header("ack") + "\n\n\0");
            }
            fail("the consumer's connection ended");
        } catch (IOException | RuntimeException | AssertionError e) {
            fail("deliveries: " + e);
        }
    }

    private void check(Reply reply, String command, String number, int expected) {
        if (!reply.is(command) || !Integer.toString(expected).equals(number)) {
            fail("instead of " + command + " " + expected + " came " + reply);
        }
    }

    private void fail(String text) {
        if (!isOver && failure == null) {
            failure = text;
        }
    }

    /** Everything that was sent has to arrive. @return the figures */
    String end() throws InterruptedException {
        clock.shutdownNow();
        assertThat(clock.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        await("the canary's last message")
                .atMost(Duration.ofSeconds(60))
                .until(() -> failure != null || (received.get() == sent.get() && confirmed.get() == sent.get()));
        assertThat(failure).as("the canary").isNull();
        isOver = true;
        long[] sorted = Arrays.copyOf(nanos, received.get());
        Arrays.sort(sorted);
        return "%d sent, 0 lost, p50 %.1f ms, p99 %.0f ms, max %.0f ms"
                .formatted(received.get(), at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double part) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * part))] / 1e6;
    }

    @Override
    public void close() {
        isOver = true;
        clock.shutdownNow();
        producer.close();
        consumer.close();
    }
}
