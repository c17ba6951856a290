/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When what waits for all sessions together is too much, the fullest of those who do not read have to go. */
class OutboxMemoryTest {
    private static final int LIMIT = 64 * 1024;

    /** What a message of {@link #publish} counts. */
    private static final int SIZE = 1_024;

    private final Broker broker = Broker.create(BrokerOptions.builder()
            .maxOutboxBytes(LIMIT)
            .outboxLowWater(16 * 1024)
            .stallTime(Duration.ofSeconds(60))
            .build());
    private final MemoryPeer fullest = subscriber("a", "");
    private final MemoryPeer fuller = subscriber("b", "");
    private final MemoryPeer full = subscriber("c", "");

    @AfterEach
    void close() {
        broker.close();
    }

    private MemoryPeer subscriber(String topic, String policy) {
        MemoryPeer peer = MemoryPeer.connected(broker, Version.V1_2);
        peer.send("SUBSCRIBE\nid:s\ndestination:/topic/" + topic + policy + "\n\n^@");
        peer.read(false);
        return peer;
    }

    /** By a publisher for each, so that nobody who is held keeps the next from being sent. */
    private void publish(String topic, int first, int count) {
        for (int i = first; i < first + count; i++) {
            send(MemoryPeer.connected(broker, Version.V1_2), topic, i);
        }
    }

    private void send(MemoryPeer publisher, String topic, int number) {
        String headers = "number:" + number + "\ndestination:/topic/" + topic;
        String body = "x".repeat(SIZE - 256 - headers.length() + 3); // colons and line ends do not count
        publisher.send("SEND\n" + headers + "\n\n" + body + "^@");
        everybody();
    }

    private void everybody() {
        fullest.run();
        fuller.run();
        full.run();
    }

    private static List<Frame> messages(List<Frame> frames) {
        return frames.stream()
                .filter(frame -> frame.command() == Command.MESSAGE)
                .toList();
    }

    @Test
    @Tag("SX-SLOW-1")
    void theFullestOfThoseWhoDoNotReadIsPutOut() {
        publish("a", 0, 34);
        publish("b", 0, 16);
        publish("c", 0, 10);
        assertThat(fullest.closed).isNull();
        publish("c", 10, 9);
        assertThat(fullest.closed).isEqualTo(CloseReason.REFUSED);
        fullest.read(true);
        assertThat(fullest.expect("ERROR").headers().get("message"))
                .isEqualTo("too slow, while too much waits for all sessions (limit 65536 octets, max-outbox-bytes)");
        assertThat(fuller.closed).isNull();
        assertThat(full.closed).isNull();
        fuller.read(true);
        full.read(true);
        assertThat(fuller.received()).hasSize(16);
        assertThat(full.received()).hasSize(19);
    }

    @Test
    void thousandsThatShareAMessageAreNotTheFullest() {
        List<MemoryPeer> crowd = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            crowd.add(subscriber("crowd", ""));
        }
        publish("crowd", 0, 30); // 30 KiB, or 9 MiB
        crowd.forEach(MemoryPeer::run);
        publish("a", 0, 40);
        everybody();
        crowd.forEach(MemoryPeer::run);
        assertThat(fullest.closed).isEqualTo(CloseReason.REFUSED);
        for (MemoryPeer member : crowd) {
            assertThat(member.closed).isNull();
            member.read(true);
            assertThat(member.received()).hasSize(30);
        }
    }

    @Test
    void whoMayLoseMessagesLosesThemByItsPolicyAndIsTold() {
        for (String policy : List.of("drop-oldest", "drop-newest")) {
            MemoryPeer loser = subscriber(policy, "\nslow-consumer:" + policy);
            publish(policy, 0, 34);
            loser.run();
            publish("b", 0, 16);
            publish("c", 0, 20);
            loser.run();
            assertThat(loser.closed).isNull();
            loser.read(true);
            List<Frame> left = loser.received();
            assertThat(left).hasSizeBetween(1, 4);
            boolean oldest = policy.equals("drop-oldest");
            assertThat(left.get(left.size() - 1).headers().get("number"))
                    .isEqualTo(Integer.toString(oldest ? 33 : left.size() - 1));
            assertThat(left.get(0).headers().get("dropped-messages")).isEqualTo(Integer.toString(34 - left.size()));
            fuller.read(true);
            full.read(true);
            assertThat(messages(fuller.received())).hasSize(16);
            assertThat(messages(full.received())).hasSize(20);
            fuller.read(false);
            full.read(false);
            loser.cut();
        }
    }

    @Test
    void whoHasMostHoldsItsPublishersUntilItHasReadNearlyAll() {
        publish("a", 0, 44);
        MemoryPeer held = MemoryPeer.connected(broker, Version.V1_2);
        for (int i = 44; i < 60; i++) {
            send(held, "a", i);
        }
        fuller.read(true);
        publish("b", 0, 100);
        assertThat(fuller.received()).hasSize(100); // whoever reads is not concerned
        held.send("SEND\ndestination:/topic/nobody\nreceipt:r\n\n^@");
        held.expectNothing();
        fullest.read(true);
        assertThat(fullest.received()).hasSizeBetween(48, 59);
        held.expect("RECEIPT");
        fullest.run();
        assertThat(fullest.closed).isNull();
    }

    @Test
    void whoIsGoneHoldsNobodyWhateverIsLeftInItsOutbox() {
        String receipts = "SEND\ndestination:/topic/nobody\nreceipt:" + "r".repeat(200) + "\n\n^@";
        fullest.send(receipts.repeat(40));
        publish("a", 0, 24);
        publish("b", 0, 26);
        MemoryPeer held = MemoryPeer.connected(broker, Version.V1_2);
        for (int i = 24; i < 30; i++) {
            send(held, "a", i);
        }
        held.send("SEND\ndestination:/topic/nobody\nreceipt:r\n\n^@");
        held.expectNothing();
        fullest.cut();
        held.expect("RECEIPT");
    }

    @Test
    void receiptsThatAreNotReadStopTheSession() {
        Broker narrow = Broker.create(BrokerOptions.builder()
                .outboxHighWater(8_000)
                .outboxLowWater(2_000)
                .build());
        MemoryPeer peer = MemoryPeer.connected(narrow, Version.V1_2);
        peer.read(false);
        String frame = "SEND\ndestination:/topic/nobody\nreceipt:" + "r".repeat(900) + "\n\n^@";
        peer.send(frame.repeat(50));
        assertThat(peer.session().outbox().bytes()).isBetween(16_000L, 18_000L);
        peer.read(true);
        assertThat(peer.received()).hasSize(50);
        narrow.close();
    }

    @Test
    void aBacklogCountsAndShrinksWhenThereIsTooMuch() {
        Broker hurried = Broker.create(BrokerOptions.builder()
                .maxOutboxBytes(LIMIT)
                .outboxHighWater(32 * 1024)
                .stallTime(Duration.ofMillis(20))
                .build());
        List<MemoryPeer> losers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MemoryPeer loser = MemoryPeer.connected(hurried, Version.V1_2);
            loser.send("SUBSCRIBE\nid:s\ndestination:/topic/" + i + "\nslow-consumer:drop-oldest\n\n^@");
            loser.read(false);
            losers.add(loser);
        }
        MemoryPeer publisher = MemoryPeer.connected(hurried, Version.V1_2);
        for (int i = 0; i < 600; i++) {
            publisher.send("SEND\ndestination:/topic/" + i % 3 + "\nnumber:" + i + "\n\n" + "x".repeat(700) + "^@");
        }
        publisher.send("SEND\ndestination:/topic/x\nreceipt:r\n\n^@");
        Awaitility.await()
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> {
                    losers.forEach(MemoryPeer::run);
                    return !publisher.received().isEmpty();
                });
        losers.forEach(MemoryPeer::run);
        long waiting = 0;
        for (int i = 0; i < 3; i++) {
            MemoryPeer loser = losers.get(i);
            loser.read(true);
            List<Frame> left = loser.received();
            waiting += left.size() * 1_000L;
            assertThat(left.get(left.size() - 1).headers().get("number")).isEqualTo(Integer.toString(597 + i));
            long lost = left.stream()
                    .filter(frame -> frame.headers().contains("dropped-messages"))
                    .mapToLong(frame -> Long.parseLong(frame.headers().get("dropped-messages")))
                    .sum();
            assertThat(left.size() + lost).isEqualTo(200);
        }
        assertThat(waiting).isLessThan(2 * LIMIT);
        hurried.close();
    }
}
