/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.Inbox.Reply;
import io.hoofbeat.test.reliability.Swarm.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Cases F21 to F26: sessions each of which stays within its limits, and which together take more than there is. */
class TogetherTest {
    private static final Duration LONG = Duration.ofSeconds(Scale.of(120, 900));

    /** Each of so many peers does something that its connection may not survive, all at the same time. */
    private static void all(List<Peer> peers, Peer.Attack attack) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Peer peer : peers) {
            Thread thread = new Thread(() -> {
                try {
                    attack.on(peer);
                } catch (IOException e) {
                    // Its connection was ended; whether it should have been is seen afterwards.
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static List<Peer> open(Trial trial, int count) throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(Peer.open(trial.port()));
        }
        return peers;
    }

    /** Somebody with ordinary wishes is served. */
    private static void serveBystander(Trial trial, int size) throws IOException {
        try (Peer bystander = Peer.open(trial.port())) {
            bystander.subscribe("b", "/topic/bystander");
            bystander.send("SEND\ndestination:/topic/bystander\n\n" + "x".repeat(size) + "\0");
            assertThat(bystander.expect("MESSAGE").body()).hasSize(size);
        }
    }

    @Test
    void f21_framesThatComeInPartShareALimit() throws Exception {
        int sessions = Scale.of(24, 200);
        String head = "SEND\ndestination:/topic/f21\nreceipt:r\ncontent-length:" + (16 << 20) + "\n\n";
        String body = "x".repeat(1 << 20);
        int refused = 0;
        try (Trial trial = Trial.begin("F21")) {
            List<Peer> peers = open(trial, sessions);
            all(peers, peer -> {
                peer.sendUntilClosed(head, 1);
                peer.sendUntilClosed(body, 15L << 20);
            });
            long grown = trial.heapGrowth();
            serveBystander(trial, 4 * 1_024);
            serveBystander(trial, 48 * 1_024);
            for (Peer peer : peers) {
                // Those that were refused have their ERROR, or a reset; the others wait for the end of their frame.
                peer.sendUntilClosed("x".repeat(1 << 20) + "\0", 1);
                Reply reply = peer.next();
                if (reply == null || reply.is("ERROR")) {
                    refused++;
                    assertThat(reply == null || reply.header("message").contains("max-input-bytes"))
                            .as("%s", reply)
                            .isTrue();
                } else {
                    assertThat(reply.command()).isEqualTo("RECEIPT");
                }
                peer.close();
            }
            assertThat(refused).isBetween(1, sessions - 1);
            trial.end(
                    "%d sessions send 15 of 16 MiB and stop: heap +%.1f MiB, %d refused by an ERROR; the others' frames were"
                            + " taken when they went on",
                    sessions, grown / 1048576.0, refused);
        }
    }

    @Test
    void f22_whatWaitsForThoseWhoDoNotReadSharesALimit() throws Exception {
        int sessions = Scale.of(400, 2_000);
        int publishers = 8;
        int rounds = Scale.of(4, 6);
        String body = "x".repeat(250_000);
        try (Trial trial = Trial.begin("F22");
                Swarm frozen = new Swarm(trial.port(), null, 4_096, (member, reply) -> {});
                Peer reader = Peer.open(trial.port())) {
            frozen.add(0, "");
            for (int i = 0; i < sessions; i++) {
                frozen.add(
                        1, Peer.connectFrame() + "SUBSCRIBE\nid:1\ndestination:/topic/f22/" + i + "\nreceipt:r\n\n\0");
            }
            frozen.awaitAll(LONG, "subscribed", member -> member.got("RECEIPT"));
            frozen.freeze();
            reader.subscribe("r", "/topic/f22/reader");
            List<Peer> peers = open(trial, publishers);
            AtomicInteger next = new AtomicInteger();
            all(peers, peer -> {
                int first = next.getAndIncrement();
                for (int round = 0; round < rounds; round++) {
                    for (int i = first; i < sessions; i += publishers) {
                        peer.send("SEND\ndestination:/topic/f22/" + i + "\n\n" + body + "\0");
                    }
                    peer.send("SEND\ndestination:/topic/f22/reader\n\n" + first + "\0");
                }
                peer.sync();
            });
            long grown = trial.heapGrowth();
            // Who reads was not hit.
            for (int i = 0; i < publishers * rounds; i++) {
                reader.expect("MESSAGE");
            }
            for (Peer peer : peers) {
                peer.close();
            }
            int alive = trial.server().figures().sessions() - Canary.SESSIONS - 1;
            frozen.drop();
            assertThat(alive).isLessThan(sessions);
            trial.end(
                    "%d sessions that do not read, a topic each, %d kB to each: heap +%.1f MiB, %d put out, who reads gets"
                            + " everything",
                    sessions, rounds * 250, grown / 1048576.0, sessions - Math.max(0, alive));
        }
    }

    @Test
    void f22_largeMessagesThatAreHalfWrittenCountAsWell() throws Exception {
        int sessions = Scale.of(40, 100);
        String body = "x".repeat(8 << 20);
        try (Trial trial = Trial.begin("F22, large");
                Swarm frozen = new Swarm(trial.port(), null, 4_096, (member, reply) -> {});
                Peer publisher = Peer.open(trial.port())) {
            for (int i = 0; i < sessions; i++) {
                frozen.add(
                        1, Peer.connectFrame() + "SUBSCRIBE\nid:1\ndestination:/queue/f22/" + i + "\nreceipt:r\n\n\0");
            }
            frozen.awaitAll(LONG, "subscribed", member -> member.got("RECEIPT"));
            frozen.freeze();
            for (int i = 0; i < sessions; i++) {
                publisher
                        .send("SEND\ndestination:/queue/f22/" + i + "\n\n" + body + "\0")
                        .sync();
            }
            long grown = trial.heapGrowth();
            int alive = trial.server().figures().sessions() - Canary.SESSIONS - 1;
            frozen.drop();
            assertThat(alive).isLessThan(sessions);
            trial.end(
                    "%d consumers that do not read, 8 MiB to each: heap +%.1f MiB, %d put out",
                    sessions, grown / 1048576.0, sessions - Math.max(0, alive));
        }
    }

    @Test
    void f23_subscriptionsOfAllSessionsShareALimit() throws Exception {
        int sessions = Scale.of(60, 200);
        String padding = "i".repeat(900);
        String selector = "a = '" + "s".repeat(890) + "'";
        AtomicInteger refused = new AtomicInteger();
        try (Trial trial = Trial.begin("F23")) {
            List<Peer> peers = open(trial, sessions);
            all(peers, peer -> {
                String frames = Peer.frames(
                        1_000,
                        i -> "SUBSCRIBE\nid:" + padding + i + "\ndestination:/topic/f23\nselector:" + selector
                                + "\n\n\0");
                peer.sendUntilClosed(frames, 1);
                peer.sendUntilClosed("SEND\ndestination:/topic/x\nreceipt:end\n\n\0", 1);
                Reply reply = peer.next();
                if (reply == null || reply.is("ERROR")) {
                    refused.incrementAndGet();
                    assertThat(reply == null || reply.header("message").contains("max-subscription-bytes"))
                            .as("%s", reply)
                            .isTrue();
                }
            });
            long grown = trial.heapGrowth();
            serveBystander(trial, 100);
            for (Peer peer : peers) {
                peer.close();
            }
            assertThat(refused.get()).isPositive();
            trial.end(
                    "%d sessions of 1,000 subscriptions with ids and selectors of 900 octets: heap +%.1f MiB, %d refused by"
                            + " an ERROR",
                    sessions, grown / 1048576.0, refused.get());
        }
    }

    @Test
    void f24_whoNamesTooManyDestinationsIsTold() throws Exception {
        int attempts = Scale.of(70_000, 100_000);
        String padding = "d".repeat(980);
        try (Trial trial = Trial.begin("F24", Setup.FORGETFUL);
                Peer bystander = Peer.open(trial.port()).subscribe("b", "/topic/f24/bystander");
                Peer heir = Peer.open(trial.port())) {
            Reply error = null;
            for (int done = 0; error == null && done < attempts; done += 1_000) {
                int from = done;
                try (Peer peer = Peer.open(trial.port())) {
                    peer.sendUntilClosed(
                            Peer.frames(1_000, i -> "SEND\ndestination:/queue/f24/" + padding + (from + i) + "\n\nx\0"),
                            1);
                    peer.sendUntilClosed("SEND\ndestination:/topic/x\nreceipt:end\n\n\0", 1);
                    Reply reply = peer.next();
                    error = reply != null && reply.is("ERROR") ? reply : null;
                }
            }
            assertThat(error).as("the sender is told").isNotNull();
            assertThat(error.header("message")).contains("max-directory-bytes");
            long grown = trial.heapGrowth();
            bystander.send("SEND\ndestination:/topic/f24/bystander\n\nx\0").expect("MESSAGE");
            heir.send("SUBSCRIBE\nid:h\ndestination:/queue/f24/**\n\n\0");
            Thread consumer = new Thread(() -> {
                try {
                    for (Reply reply = heir.next(); reply != null; reply = heir.next()) {
                        assertThat(reply.command()).isEqualTo("MESSAGE");
                    }
                } catch (IOException e) {
                    // The test is over.
                }
            });
            consumer.start();
            await("all consumed and forgotten").atMost(LONG).until(() -> trial.heapGrowth() < 8 << 20);
            heir.drop();
            consumer.join();
            trial.end(
                    "a message each to queues with names of 1,000 octets: ERROR at heap +%.1f MiB", grown / 1048576.0);
        }
    }

    @Test
    void f25_tinyMessagesToManyLeaveTimeForOthers() throws Exception {
        int crowd = Scale.of(300, 1_000);
        int count = Scale.of(30_000, 90_000);
        try (Trial trial = Trial.begin("F25");
                Swarm readers = new Swarm(trial.port())) {
            readers.add(crowd, Peer.connectFrame() + "SUBSCRIBE\nid:1\ndestination:/topic/f25\nreceipt:r\n\n\0");
            readers.awaitAll(LONG, "subscribed", member -> member.got("RECEIPT"));
            long start = System.nanoTime();
            try (Peer publisher = Peer.open(trial.port())) {
                // As much at a time as fits into the outboxes of readers who are slow, like these on a busy machine.
                for (int done = 0; done < count; done += 3_000) {
                    publisher.send("SEND\ndestination:/topic/f25\n\nx\0".repeat(3_000));
                    int expected = done + 3_000 + 2;
                    await("the messages have come")
                            .atMost(LONG)
                            .until(() -> readers.members().stream()
                                    .allMatch(member -> member.frames.get() == expected || member.isClosed()));
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            assertThat(readers.count(Member::isClosed)).isZero();
            readers.drop();
            trial.end(
                    "%d subscribers, %d messages of 1 octet, 3,000 at a time: all delivered, %.0f deliveries/s",
                    crowd, count, crowd * (double) count / seconds);
        }
    }

    @Test
    void f26_receiptsThatNobodyReadsHaveALimit() throws Exception {
        int sessions = Scale.of(8, 100);
        long most = 64L << 20;
        String frame = "SEND\ndestination:/topic/nobody\nreceipt:" + "r".repeat(8_000) + "\n\n\0";
        try (Trial trial = Trial.begin("F26")) {
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                peers.add(Peer.connect("127.0.0.1", trial.port(), 4_096).login());
            }
            List<Thread> senders = new ArrayList<>();
            AtomicInteger taken = new AtomicInteger();
            for (Peer peer : peers) {
                Thread sender = new Thread(() -> taken.addAndGet((int) (peer.sendUntilClosed(frame, most) >> 20)));
                senders.add(sender);
                sender.start();
            }
            int[] still = {0};
            long[] before = {-1};
            await("they are held, or have been put out")
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        long now = trial.heapGrowth();
                        still[0] = Math.abs(now - before[0]) < 1 << 20 ? still[0] + 1 : 0;
                        before[0] = now;
                        return still[0] >= 4;
                    });
            serveBystander(trial, 100);
            for (Peer peer : peers) {
                peer.close();
            }
            for (Thread sender : senders) {
                sender.join();
            }
            assertThat((long) taken.get()).isLessThan(sessions * (most >> 20));
            trial.end(
                    "%d sessions that send frames with receipts of 8,000 octets and read none: held or put out, heap +%.1f MiB",
                    sessions, before[0] / 1048576.0);
        }
    }
}
