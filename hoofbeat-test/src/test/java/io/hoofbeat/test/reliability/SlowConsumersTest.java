/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.Inbox.Reply;
import io.hoofbeat.test.reliability.Swarm.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases F1, F2 and F20, and the subscriber that never reads among 99 that do. */
class SlowConsumersTest {
    private static final Duration LONG = Duration.ofSeconds(Scale.of(120, 900));
    private static final long HEAP_BOUND = 16L << 20;

    /** How far the publisher may be ahead of the slowest of those who read: they are to be fast, whatever this machine does besides. */
    private static final int AHEAD_BYTES = 256 * 1024;

    /** Sees to it that every member gets the messages 0, 1, 2 ... in that order. */
    private static void expectNext(Member member, Reply reply) {
        if (!reply.is("MESSAGE")) {
            return;
        }
        String body = reply.body();
        int number = Integer.parseInt(body.substring(0, body.indexOf(' ')));
        if (number == member.progress.get()) {
            member.progress.incrementAndGet();
        }
    }

    private static Swarm readers(Trial trial, int count, String topic) throws IOException {
        Swarm swarm = new Swarm(trial.port(), null, 0, SlowConsumersTest::expectNext);
        swarm.add(count, Peer.connectFrame() + "SUBSCRIBE\nid:1\ndestination:" + topic + "\nreceipt:r\n\n\0");
        swarm.awaitAll(LONG, "readers subscribed", member -> member.got("RECEIPT"));
        return swarm;
    }

    /** Publishes the messages 0, 1, 2 ... @return how long it took */
    private static double publish(Trial trial, Swarm readers, String topic, int count, int size)
            throws IOException, InterruptedException {
        String padding = " " + "x".repeat(size);
        int ahead = Math.max(1, AHEAD_BYTES / (size + 256));
        long start = System.nanoTime();
        try (Peer publisher = Peer.open(trial.port())) {
            for (int i = 0; i < count; i++) {
                publisher.send("SEND\ndestination:" + topic + "\nkey:k" + i % 10 + "\n\n" + i + padding + "\0");
                int behind = i - ahead;
                if (i % 16 == 0 && behind > 0) {
                    readers.awaitProgress(LONG, behind);
                }
            }
            publisher.sync();
        }
        readers.awaitProgress(LONG, count);
        return (System.nanoTime() - start) / 1e9;
    }

    @ParameterizedTest
    @ValueSource(strings = {"disconnect", "drop-oldest", "drop-newest", "keep-latest"})
    void slow_oneThatNeverReadsAmong99ThatDo(String policy) throws Exception {
        int count = Scale.of(5_000, 50_000);
        String topic = "/topic/slow/" + policy;
        try (Trial trial = Trial.begin("slow, " + policy);
                Swarm readers = readers(trial, 99, topic);
                Peer frozen = Peer.connect("127.0.0.1", trial.port(), 4_096).login()) {
            frozen.subscribe("f", topic, "slow-consumer:" + policy);
            double seconds = publish(trial, readers, topic, count, 1_024);
            long grown = trial.heapGrowth();
            assertThat(grown).isLessThan(HEAP_BOUND);
            assertThat(readers.count(Member::isClosed)).isZero();
            String fate = policy.equals("disconnect") ? disconnected(frozen) : thawed(trial, frozen, topic, count);
            readers.drop();
            trial.end(
                    "%d messages of 1 KiB, 99 readers: all in order, %.0f messages/s; %s; heap +%.1f MiB meanwhile",
                    count, count / seconds, fate, grown / 1048576.0);
        }
    }

    private static String disconnected(Peer frozen) throws IOException {
        Reply error = frozen.readToError();
        // What the kernel keeps for one who does not read may have no room for an ERROR.
        assertThat(error == null || error.header("message").contains("too slow"))
                .isTrue();
        return error == null ? "the other one: connection ended" : "the other one: ERROR, close";
    }

    /** It reads at last: what it gets and what it is told to have missed is all there was. */
    private static String thawed(Trial trial, Peer frozen, String topic, int count) throws IOException {
        try (Peer last = Peer.open(trial.port())) {
            last.send("SEND\ndestination:" + topic + "\nkey:last\n\n" + count + " last\0")
                    .sync();
        }
        int got = 0;
        int missed = 0;
        Map<String, Integer> latest = new HashMap<>();
        while (!latest.containsKey("last")) {
            Reply message = frozen.expect("MESSAGE");
            got++;
            missed += Integer.parseInt(message.headers().getOrDefault("dropped-messages", "0"));
            latest.put(
                    message.header("key"),
                    Integer.parseInt(message.body().substring(0, message.body().indexOf(' '))));
            if (topic.endsWith("drop-newest") && got + missed == count && !latest.containsKey("last")) {
                break; // the very last one is the newest
            }
        }
        assertThat(missed).isPositive();
        return "the other one: %d messages, %d told as dropped".formatted(got, missed);
    }

    @Test
    void f1_aTopicConsumerThatStopsReadingIsClosed() throws Exception {
        int count = Scale.of(3_000, 60_000);
        int size = 8 * 1_024;
        try (Trial trial = Trial.begin("F1");
                Swarm readers = readers(trial, 4, "/topic/f1");
                Peer frozen = Peer.connect("127.0.0.1", trial.port(), 4_096).login()) {
            double before = publish(trial, readers, "/topic/f1", count, size);
            readers.members().forEach(member -> member.progress.set(0));
            frozen.subscribe("f", "/topic/f1");
            double seconds = publish(trial, readers, "/topic/f1", count, size);
            long grown = trial.heapGrowth();
            assertThat(grown).isLessThan(HEAP_BOUND);
            String fate = disconnected(frozen);
            readers.drop();
            trial.end(
                    "%d MiB at %.0f MiB/s, 4 readers: all in order at %.0f %% of their rate without the frozen one; %s;"
                            + " heap +%.1f MiB meanwhile",
                    ((long) count * size) >> 20,
                    (double) count * size / seconds / (1 << 20),
                    100 * before / seconds,
                    fate,
                    grown / 1048576.0);
        }
    }

    @Test
    void f2_aQueueConsumerThatStopsReadingGivesItsMessagesBack() throws Exception {
        int count = Scale.of(2_000, 5_000);
        String padding = " " + "x".repeat(10_000);
        try (Trial trial = Trial.begin("F2");
                Peer publisher = Peer.open(trial.port());
                Peer heir = Peer.open(trial.port())) {
            try (Peer frozen = Peer.connect("127.0.0.1", trial.port(), 4_096).login()) {
                frozen.subscribe("f", "/queue/f2", "ack:client", "prefetch-count:1000");
                for (int i = 0; i < count; i++) {
                    publisher.send("SEND\ndestination:/queue/f2\n\n" + i + padding + "\0");
                }
                publisher.sync();
            }
            await("the frozen one's end is known")
                    .atMost(LONG)
                    .until(() -> trial.server().figures().sessions() == Canary.SESSIONS + 2);
            heir.subscribe("h", "/queue/f2");
            int flagged = 0;
            for (int i = 0; i < count; i++) {
                Reply message = heir.expect("MESSAGE");
                assertThat(message.body()).startsWith(i + " ");
                flagged += "true".equals(message.header("redelivered")) ? 1 : 0;
            }
            assertThat(flagged).isPositive().isLessThanOrEqualTo(1_000);
            trial.end(
                    "%d messages of 10 KB: all come to another consumer in order, the %d flagged that had been written to"
                            + " the frozen one",
                    count, flagged);
        }
    }

    @Test
    void f20_thousandsOfSubscribersSlowThePublisherDown() throws Exception {
        int crowd = Scale.of(500, 5_000);
        int count = Scale.of(400, 1_000);
        try (Trial trial = Trial.begin("F20");
                Swarm readers = readers(trial, crowd, "/topic/f20")) {
            double seconds = publish(trial, readers, "/topic/f20", count, 1_024);
            long grown = trial.heapGrowth();
            readers.drop();
            trial.end(
                    "%d subscribers, %d messages of 1 KiB: all in order, %.0f deliveries/s; heap +%.1f MiB meanwhile",
                    crowd, count, crowd * count / seconds, grown / 1048576.0);
        }
    }

    @Test
    void f20_thousandsThatDoNotReadAreClosed() throws Exception {
        int crowd = Scale.of(60, 1_000);
        try (Trial trial = Trial.begin("F20, nobody reads");
                Swarm frozen = new Swarm(trial.port(), null, 4_096, (member, reply) -> {})) {
            frozen.add(crowd, Peer.connectFrame() + "SUBSCRIBE\nid:1\ndestination:/topic/frozen\nreceipt:r\n\n\0");
            frozen.awaitAll(LONG, "subscribed", member -> member.got("RECEIPT"));
            frozen.freeze();
            long most = Scale.of(4 << 20, 8 << 20);
            try (Peer publisher = Peer.open(trial.port())) {
                String small = "SEND\ndestination:/topic/frozen\n\nx\0";
                assertThat(publisher.sendUntilClosed(small.repeat(1_000), most)).isGreaterThanOrEqualTo(most);
                publisher.sync();
            }
            long grown = trial.heapGrowth();
            assertThat(grown).isLessThan(crowd * 64L * 1024 + HEAP_BOUND);
            await("all closed")
                    .atMost(LONG)
                    .until(() -> trial.server().figures().sessions() == Canary.SESSIONS);
            trial.end(
                    "%d subscribers none of which reads, %d MiB of tiny messages: all closed; heap +%.1f MiB meanwhile",
                    crowd, most >> 20, grown / 1048576.0);
        }
    }
}
