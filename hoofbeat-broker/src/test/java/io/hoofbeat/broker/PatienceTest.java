/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Version;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long others wait for a slow subscriber, by a time that the test sets. */
@Tag("SX-SLOW-1")
class PatienceTest {
    private static final String MESSAGE = "SEND\ndestination:/topic/t\nreceipt:r\n\n" + "x".repeat(700) + "^@";

    private final ManualClock clock = new ManualClock();
    private final Broker broker = Broker.create(
            BrokerOptions.builder()
                    .outboxHighWater(4_096)
                    .outboxLowWater(1_024)
                    .stallTime(Duration.ofSeconds(1))
                    .build(),
            clock);
    private final MemoryPeer publisher = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer slow = MemoryPeer.connected(broker, Version.V1_2);

    PatienceTest() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/t\n\n^@");
        slow.read(false);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    /** A clock that stands still until it is moved. */
    private static final class ManualClock implements Clock {
        private record Due(long nanos, Runnable task) {}

        private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
        private long now = 1_000_000_000_000L;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void schedule(Runnable task, long delayNanos) {
            due.add(new Due(now + delayNanos, task));
        }

        @Override
        public void every(long periodNanos, Runnable task) {}

        @Override
        public void close() {
            due.clear();
        }

        void advance(long millis) {
            long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
            while (!due.isEmpty() && due.peek().nanos <= end) {
                Due first = due.remove();
                now = first.nanos;
                first.task.run();
            }
            now = end;
        }
    }

    private void pass(long millis) {
        clock.advance(millis);
        slow.run();
        publisher.run();
    }

    /** Publishes until the publisher is held. */
    private void fill() {
        int confirmed = publisher.received().size();
        assertThat(confirmed).as("receipts that nobody asked for").isZero();
        while (slow.session().outbox().hasRoom()) {
            publisher.send(MESSAGE);
        }
        publisher.send(MESSAGE); // it is taken, and the next would not be
        publisher.received();
        publisher.send("SEND\ndestination:/topic/x\nreceipt:held\n\n^@");
        publisher.expectNothing();
    }

    private void takeAll() {
        slow.read(true);
        assertThat(slow.received()).isNotEmpty();
        slow.read(false);
        publisher.expect("RECEIPT");
    }

    @Test
    void whoTakesNothingForHalfTheTimeIsGivenUp() {
        fill();
        pass(499);
        assertThat(slow.closed).isNull();
        publisher.expectNothing();
        pass(1);
        publisher.expect("RECEIPT");
        publisher.send(MESSAGE); // by which it is found out that patience is at an end
        slow.run();
        assertThat(slow.closed).isEqualTo(CloseReason.REFUSED);
    }

    @Test
    void aCheckOfAnEarlierTimeCountsForNothing() {
        for (int i = 0; i < 5; i++) {
            fill();
            pass(100);
            takeAll();
            pass(399);
            fill();
            pass(1); // 500 ms since the first time began, 1 ms since the second
            publisher.expectNothing();
            pass(498);
            publisher.expectNothing();
            takeAll();
            pass(400);
            publisher.send(MESSAGE);
            publisher.expect("RECEIPT");
            slow.run();
            assertThat(slow.closed).isNull();
            takeRest();
        }
    }

    private void takeRest() {
        slow.read(true);
        slow.received();
        slow.read(false);
    }
}
