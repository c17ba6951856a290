/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.test.reliability.Inbox.Reply;
import io.hoofbeat.test.reliability.Swarm.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Cases F3 to F10, F15, F16 and F18: sessions that take as much as they are given. */
class GreedTest {

    @Test
    void f3_whoNeverAcknowledgesIsStoppedAndItsMessagesReturn() throws Exception {
        int messages = 3_000;
        try (Trial trial = Trial.begin("F3", Setup.IMPATIENT);
                Peer sender = Peer.open(trial.port());
                Peer hoarder = Peer.open(trial.port())) {
            hoarder.subscribe("h", "/queue/f3", "ack:client", "prefetch-count:2147483647");
            sender.send(Peer.frames(messages, i -> "SEND\ndestination:/queue/f3\n\n" + i + "\0"))
                    .sync();
            int hoarded = 0;
            Reply reply = hoarder.next();
            while (reply != null && reply.is("MESSAGE")) {
                assertThat(reply.body()).isEqualTo(Integer.toString(hoarded++));
                reply = hoarder.next();
            }
            assertThat(hoarded).as("prefetch").isEqualTo(1_000);
            assertThat(reply).isNotNull();
            assertThat(reply.header("message")).contains("not acknowledged");
            try (Peer heir = Peer.open(trial.port())) {
                heir.subscribe("h", "/queue/f3");
                for (int i = 0; i < messages; i++) {
                    Reply message = heir.expect("MESSAGE");
                    assertThat(message.body()).isEqualTo(Integer.toString(i));
                    assertThat("true".equals(message.header("redelivered"))).isEqualTo(i < hoarded);
                }
            }
            trial.end(
                    "prefetch-count:2147483647 gives 1,000; the ack-timeout (2 s) ends the session: ERROR; all %d come to"
                            + " another, in order, the 1,000 flagged",
                    messages);
        }
    }

    @Test
    void f4_subscriptionsHaveALimit() throws Exception {
        int sessions = Scale.of(5, 20);
        int attempts = Scale.of(10_000, 100_000);
        int[] made = {0};
        try (Trial trial = Trial.begin("F4")) {
            Peer.each(sessions, trial.port(), peer -> {
                peer.login();
                Thread sender = new Thread(() -> peer.sendUntilClosed(
                        Peer.frames(attempts, i -> "SUBSCRIBE\nid:" + i + "\ndestination:/topic/f4\nreceipt:r\n\n\0"),
                        1));
                sender.start();
                int receipts = 0;
                Reply reply = peer.next();
                while (reply != null && reply.is("RECEIPT")) {
                    receipts++;
                    reply = peer.next();
                }
                assertThat(reply == null || reply.is("ERROR")).isTrue();
                assertThat(receipts).isEqualTo(1_000);
                made[0] += receipts;
                join(sender);
            });
            trial.end(
                    "%d sessions with %d SUBSCRIBEs each: 1,000 each (%d), then ERROR, close",
                    sessions, attempts, made[0]);
        }
    }

    @Test
    void f5_destinationsHaveALimitAndTheIdleAreForgotten() throws Exception {
        int attempts = Scale.of(130_000, 1_000_000);
        String padding = "d".repeat(Scale.of(100, 1_000));
        int refused = 0;
        try (Trial trial = Trial.begin("F5", Setup.FORGETFUL)) {
            long grown = 0;
            for (int done = 0; done < attempts; ) {
                try (Peer peer = Peer.open(trial.port())) {
                    int from = done;
                    done += 10_000;
                    peer.sendUntilClosed(
                            Peer.frames(10_000, i -> "SEND\ndestination:/topic/" + padding + (from + i) + "\n\nx\0"),
                            1);
                    peer.sendUntilClosed("SEND\ndestination:/topic/nobody\nreceipt:end\n\n\0", 1);
                    Reply reply = peer.next();
                    assertThat(reply == null || reply.is("RECEIPT") || reply.is("ERROR"))
                            .isTrue();
                    refused += reply == null || reply.is("ERROR") ? 1 : 0;
                }
                grown = Math.max(grown, done % 50_000 == 0 ? trial.heapGrowth() : 0);
            }
            await("idle destinations forgotten").atMost(Duration.ofSeconds(60)).until(() -> {
                try (Peer peer = Peer.open(trial.port())) {
                    peer.send("SEND\ndestination:/topic/" + padding + System.nanoTime() + "\nreceipt:r\n\n\0");
                    return peer.next().is("RECEIPT");
                }
            });
            trial.end(
                    "SENDs to %d topics with names of %d octets, 10,000 a session: heap up to +%.1f MiB, %d sessions ended"
                            + " by the limit of 100,000; forgotten when idle",
                    attempts, padding.length(), grown / 1048576.0, refused);
        }
    }

    @Test
    void f6_transactionsHaveLimits() throws Exception {
        int sessions = Scale.of(3, 20);
        try (Trial trial = Trial.begin("F6", Setup.IMPATIENT);
                Swarm swarm = new Swarm(trial.port())) {
            Peer.each(
                    sessions,
                    trial.port(),
                    peer -> peer.login()
                            .send(Peer.frames(1_000, i -> "BEGIN\ntransaction:" + i + "\n\n\0"))
                            .expectError());
            Peer.each(sessions, trial.port(), peer -> {
                peer.login().send("BEGIN\ntransaction:t\n\n\0");
                long sent = peer.sendUntilClosed(
                        "SEND\ndestination:/queue/f6\ntransaction:t\n\nx\0", Scale.of(1_000_000, 50_000_000));
                assertThat(sent).isPositive();
                peer.readToError();
            });
            Peer.each(
                    1,
                    trial.port(),
                    peer -> { // 64 MiB
                        peer.login().send("BEGIN\ntransaction:t\n\n\0");
                        peer.sendUntilClosed(
                                "SEND\ndestination:/queue/f6\ntransaction:t\n\n" + "x".repeat(1 << 20) + "\0",
                                200L << 20);
                        peer.readToError();
                    });
            int refused = holdTogether(trial, Scale.of(6, 30));
            assertThat(refused).isPositive();
            swarm.add(
                    Scale.of(200, 2_000),
                    Peer.connectFrame() + "BEGIN\ntransaction:t\n\n\0"
                            + Peer.frames(100, i -> "SEND\ndestination:/queue/f6\ntransaction:t\n\nx\0"));
            swarm.awaitAll(Duration.ofSeconds(60), "all ended", Member::isClosed);
            assertThat(swarm.count(member -> member.got("ERROR")))
                    .isEqualTo(swarm.members().size());
            trial.end(
                    "1,000 BEGINs, a million SENDs in one, more than 64 MiB in one (%d): ERROR, close; 60 MiB each in many"
                            + " sessions: %d of them ERROR; %d that never commit: ERROR after %s (transaction-timeout 2 s)",
                    sessions, refused, swarm.members().size(), swarm.lifetimes());
        }
    }

    /** Many sessions hold at the same time what one may hold. @return how many were refused */
    private static int holdTogether(Trial trial, int sessions) throws IOException, InterruptedException {
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            Peer peer = Peer.open(trial.port());
            threads.add(new Thread(() -> {
                try (peer) {
                    peer.send("BEGIN\ntransaction:t\n\n\0");
                    peer.sendUntilClosed(
                            "SEND\ndestination:/queue/f6\ntransaction:t\n\n" + "x".repeat(1 << 20) + "\0", 60L << 20);
                    Reply error = peer.next();
                    refused.addAndGet(error == null || error.header("message").contains("all sessions") ? 1 : 0);
                } catch (IOException e) {
                    refused.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return refused.get();
    }

    @Test
    void f8_patternsAreMatchedInLinearTime() throws Exception {
        int sessions = Scale.of(3, 10);
        int sends = Scale.of(50, 200);
        String deep = "/a".repeat(30) + "/b";
        try (Trial trial = Trial.begin("F8");
                Swarm swarm = new Swarm(trial.port())) {
            Peer.each(Scale.of(5, 50), trial.port(), peer -> {
                Reply error = peer.login()
                        .send("SUBSCRIBE\nid:1\ndestination:/topic" + "/*".repeat(64) + "\n\n\0")
                        .expectError();
                assertThat(error.header("message")).contains("too deep");
            });
            // None of them matches, and each has to look at the whole name to see that.
            String patterns = Peer.frames(
                    1_000,
                    i -> "SUBSCRIBE\nid:" + i + "\ndestination:/topic" + "/**/a".repeat(14) + "/c" + i + "\n\n\0");
            swarm.add(sessions, Peer.connectFrame() + patterns + "SEND\ndestination:/topic/x\nreceipt:r\n\n\0");
            swarm.awaitAll(Duration.ofSeconds(60), "all subscribed", member -> member.got("RECEIPT"));
            long start = System.nanoTime();
            try (Peer peer = Peer.open(trial.port())) {
                for (int i = 0; i < sends; i++) {
                    peer.send("SEND\ndestination:/topic" + deep + i + "\n\nx\0");
                }
                peer.sync();
            }
            double micros = (System.nanoTime() - start) / 1e3 / sends;
            assertThat(micros)
                    .as("microseconds to bind a new topic to %d patterns", 1_000 * sessions)
                    .isLessThan(2_000_000);
            Member all = swarm.add(
                            1,
                            Peer.connectFrame()
                                    + Peer.frames(
                                            1_000, i -> "SUBSCRIBE\nid:" + i + "\ndestination:/topic/all/**\n\n\0")
                                    + "SEND\ndestination:/topic/x\nreceipt:r\n\n\0")
                    .get(0);
            swarm.awaitAll(Duration.ofSeconds(60), "subscribed", member -> member.got("RECEIPT"));
            int before = all.frames.get();
            try (Peer peer = Peer.open(trial.port())) {
                peer.send("SEND\ndestination:/topic/all/x\n\nx\0").sync();
            }
            await("one message by a thousand overlapping patterns")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> all.frames.get() == before + 1_000);
            swarm.drop();
            trial.end(
                    "64 levels: ERROR, close; %d patterns of 14 ** each: a new topic costs %.0f µs; one message by 1,000"
                            + " overlapping patterns: 1,000 deliveries",
                    1_000 * sessions, micros);
        }
    }

    @Test
    void f9_heartBeatsAreClampedOrRefused() throws Exception {
        int crowd = Scale.of(300, 5_000);
        try (Trial trial = Trial.begin("F9");
                Swarm swarm = new Swarm(trial.port())) {
            for (String value : List.of("-1,5", "a,b", "1,2,3", "1000", "1,", "", "0x1,1")) {
                Peer.each(
                        Scale.of(10, 200),
                        trial.port(),
                        peer -> peer.send(Peer.connectFrame("heart-beat:" + value))
                                .expectError());
            }
            for (String value : List.of("1,1", "0,0", "2147483647,1", "99999999999,1")) {
                swarm.add(crowd / 4, Peer.connectFrame("heart-beat:" + value));
            }
            swarm.awaitAll(Duration.ofSeconds(60), "all connected", member -> member.got("CONNECTED"));
            assertThat(swarm.count(member -> "10000,10000".equals(member.last.header("heart-beat"))))
                    .isEqualTo(crowd);
            swarm.drop();
            trial.end(
                    "malformed ones: ERROR, close; %d sessions with 1,1 and the like: all are told 10000,10000", crowd);
        }
    }

    @Test
    void f10_whoPromisedHeartBeatsAndSendsNoneIsClosed() throws Exception {
        int crowd = Scale.of(300, 5_000);
        try (Trial trial = Trial.begin("F10", Setup.HEART_BEATS);
                Swarm swarm = new Swarm(trial.port())) {
            swarm.add(crowd, Peer.connectFrame("heart-beat:1000,0"));
            swarm.awaitAll(Duration.ofSeconds(60), "all closed", Member::isClosed);
            assertThat(swarm.count(member -> member.got("ERROR"))).isEqualTo(crowd);
            assertThat(swarm.members()).allMatch(member -> member.seconds() > 1.9);
            trial.end("%d that promised a heart-beat a second: ERROR, close after %s", crowd, swarm.lifetimes());
        }
    }

    @Test
    void f15_queuesThatNobodyConsumesAreBlocked() throws Exception {
        int queues = 3;
        long most = Scale.of(300, 10_000) * 1_024L * 1_024;
        try (Trial trial = Trial.begin("F15");
                Peer consumer = Peer.open(trial.port())) {
            List<Flood> floods = new ArrayList<>();
            for (int i = 0; i < queues; i++) {
                // The last one with the smallest messages there are: it leaves no room for anybody's.
                int size = i < queues - 1 ? 1_024 : 0;
                floods.add(new Flood(Peer.open(trial.port()), "/queue/never-" + i, size, most / queues));
            }
            long[] before = {-1};
            await("the senders are held")
                    .atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        long now = Flood.sent(floods);
                        boolean stand = now == before[0];
                        before[0] = now;
                        return stand;
                    });
            assertThat(before[0]).isLessThan(most);
            long grown = trial.heapGrowth();
            // None of it is lost either: whoever comes at last gets it, and the senders go on.
            for (Flood flood : floods) {
                consumer.subscribe(flood.queue(), flood.queue());
            }
            await("the senders go on").atMost(Duration.ofSeconds(60)).until(() -> {
                for (int i = 0; i < 1_000; i++) {
                    consumer.expect("MESSAGE");
                }
                return Flood.sent(floods) > before[0] + (1 << 20);
            });
            floods.forEach(Flood::end);
            // What they had sent before they went is still taken, as far as there is room for it.
            boolean all = false;
            while (!all) {
                all = trial.server().figures().sessions() == Canary.SESSIONS + 1;
                for (Flood flood : floods) {
                    drain(trial, consumer, flood.queue());
                }
            }
            trial.end(
                    "messages to %d queues without consumers: the senders are held after %d MiB in all, heap +%.1f MiB;"
                            + " they go on when somebody consumes",
                    queues, before[0] >> 20, grown / 1048576.0);
        }
    }

    /** A sender that sends until it is held, and on when it is released. */
    private static final class Flood {
        private final Peer sender;
        private final String queue;
        private final AtomicLong sent = new AtomicLong();
        private final Thread thread;

        Flood(Peer sender, String queue, int size, long most) {
            this.sender = sender;
            this.queue = queue;
            String frame = "SEND\ndestination:" + queue + "\n\n" + "x".repeat(size) + "\0";
            this.thread = new Thread(() -> {
                while (sent.get() < most && sender.sendUntilClosed(frame, 1) > 0) {
                    sent.addAndGet(size);
                }
            });
            thread.start();
        }

        String queue() {
            return queue;
        }

        static long sent(List<Flood> floods) {
            return floods.stream().mapToLong(flood -> flood.sent.get()).sum();
        }

        void end() {
            sender.drop();
            join(thread);
        }
    }

    /** Takes all there is, up to a last message that is sent now. */
    private static void drain(Trial trial, Peer consumer, String queue) throws IOException {
        try (Peer last = Peer.open(trial.port())) {
            last.send("SEND\ndestination:" + queue + "\n\nlast\0");
            Reply reply = consumer.expect("MESSAGE");
            while (!reply.body().equals("last")) {
                reply = consumer.expect("MESSAGE");
            }
        }
    }

    @Test
    void f16_poisonGoesToTheDeadLetters() throws Exception {
        int poison = Scale.of(20, 500);
        try (Trial trial = Trial.begin("F16", Setup.FORGETFUL);
                Peer undertaker = Peer.open(trial.port()).subscribe("d", "/queue/dead-letters");
                Peer sender = Peer.open(trial.port())) {
            sender.send(Peer.frames(poison, i -> "SEND\ndestination:/queue/poison/nack\n\n" + i + "\0"))
                    .sync();
            Map<String, Integer> deliveries = new HashMap<>();
            try (Peer consumer = Peer.open(trial.port())) {
                consumer.subscribe("c", "/queue/poison/nack", "ack:client-individual");
                for (int i = 0; i < poison * 6; i++) {
                    Reply message = consumer.expect("MESSAGE");
                    deliveries.merge(message.body(), 1, Integer::sum);
                    consumer.send("NACK\nid:" + message.header("ack") + "\n\n\0");
                }
                consumer.sync();
            }
            assertThat(deliveries)
                    .hasSize(poison)
                    .allSatisfy((body, count) -> assertThat(count).isEqualTo(6));
            for (int i = 0; i < poison; i++) {
                assertThat(deliveries.remove(undertaker.expect("MESSAGE").body()))
                        .isNotNull();
            }
            sender.send("SEND\ndestination:/queue/poison/crash\n\ncrash\0").sync();
            for (int i = 0; i < 6; i++) {
                try (Peer consumer = Peer.open(trial.port())) {
                    consumer.subscribe("c", "/queue/poison/crash", "ack:client");
                    consumer.expect("MESSAGE");
                }
            }
            Reply dead = undertaker.expect("MESSAGE");
            assertThat(dead.body()).isEqualTo("crash");
            assertThat(dead.headers()).containsEntry("original-destination", "/queue/poison/crash");
            trial.end(
                    "%d messages refused each time, one whose consumer breaks down each time: 6 deliveries, then dead"
                            + " letters",
                    poison);
        }
    }

    @Test
    void f18_selectorsAreBounded() throws Exception {
        int messages = Scale.of(10_000, 100_000);
        List<String> selectors = List.of(
                "a = '" + "x".repeat(1 << 20) + "'",
                "a = '" + "x".repeat(5_000) + "'",
                "(".repeat(10_000) + "a = 1" + ")".repeat(10_000),
                "(".repeat(1_000) + "a = 1" + ")".repeat(1_000),
                "a = 1 AND (".repeat(300) + "a = 1" + ")".repeat(300));
        try (Trial trial = Trial.begin("F18");
                Peer consumer = Peer.open(trial.port())) {
            for (String selector : selectors) {
                Peer.each(Scale.of(5, 100), trial.port(), peer -> {
                    peer.login();
                    peer.sendUntilClosed(
                            "SUBSCRIBE\nid:1\ndestination:/topic/t\nreceipt:r\nselector:" + selector + "\n\n\0", 1);
                    Reply reply = peer.next(); // which a reset may have overtaken, since the attacker writes on
                    assertThat(reply == null || reply.is("ERROR"))
                            .as("%.20s... of %d: %s", selector, selector.length(), reply)
                            .isTrue();
                });
            }
            consumer.subscribe("1", "/topic/f18", "selector:k LIKE '" + "%a".repeat(1_000) + "%b'");
            consumer.subscribe("2", "/topic/f18", "selector:k LIKE '%%%%%%%%%%%%end'");
            String key = "a".repeat(2_000);
            long start = System.nanoTime();
            try (Peer sender = Peer.open(trial.port())) {
                for (int done = 0; done < messages; done += 1_000) {
                    sender.send(Peer.frames(1_000, i -> "SEND\ndestination:/topic/f18\nk:" + key + "\n\nx\0"))
                            .sync();
                }
                sender.send("SEND\ndestination:/topic/f18\nk:end\n\nx\0");
            }
            assertThat(consumer.expect("MESSAGE").header("subscription")).isEqualTo("2");
            double micros = (System.nanoTime() - start) / 1e3 / messages;
            assertThat(micros).as("microseconds a message").isLessThan(20_000);
            trial.end(
                    "too long, too deep: ERROR, close; LIKE with 1,001 %% over %d values of 2,000 characters: %.0f µs a"
                            + " message, sending included",
                    messages, micros);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
