/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What topics do beyond the protocol's own demands. */
class TopicTest {
    private static final Duration STALL = Duration.ofMillis(300);

    private final Broker broker = Broker.create(BrokerOptions.builder()
            .outboxHighWater(8_000)
            .outboxLowWater(2_000)
            .maxBacklog(5)
            .stallTime(STALL)
            .build());
    private final MemoryPeer sender = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer slow = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer quick = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aPatternThatIsTooDeepIsTheClientsFault() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic" + "/*".repeat(64) + "\n\n^@");
        assertThat(slow.expect("ERROR").headers().get("message"))
                .isEqualTo("destination pattern of 65 levels is too deep (limit 32)");
        assertThat(slow.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
    }

    /** Sends until the slow one has lost something, and tells how many. */
    private int flood(String policy) {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/t\n" + policy + "\n\n^@");
        quick.send("SUBSCRIBE\nid:q\ndestination:/topic/t\n\n^@");
        slow.read(false);
        int sent = 200;
        for (int i = 0; i < sent; i++) {
            sender.send("SEND\ndestination:/topic/t\nnumber:" + i + "\nkey:" + i % 3 + "\n\n" + "x".repeat(100) + "^@");
            quick.run();
        }
        sender.send("SEND\ndestination:/topic/t\nlast:yes\nreceipt:done\n\n^@");
        Awaitility.await()
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> {
                    quick.run();
                    slow.run();
                    List<Frame> frames = sender.received();
                    return frames.stream().anyMatch(frame -> frame.command() == Command.RECEIPT);
                });
        assertThat(quick.received()).hasSize(sent + 1);
        return sent;
    }

    private long lost(List<Frame> received) {
        return received.stream()
                .filter(frame -> frame.headers().contains("dropped-messages"))
                .mapToLong(frame -> Long.parseLong(frame.headers().get("dropped-messages")))
                .sum();
    }

    @Test
    void sx_slow_1_slowSubscriberIsDisconnectedByDefaultAndTheOthersGetEverything() {
        flood("x:y");
        slow.read(true);
        List<Frame> all = slow.received();
        Frame last = all.get(all.size() - 1);
        assertThat(last.command()).isEqualTo(Command.ERROR);
        assertThat(last.headers().get("message")).contains("too slow");
        assertThat(slow.closed).isEqualTo(CloseReason.REFUSED);
    }

    @Test
    void sx_slow_1_dropOldestKeepsTheLatestAndCounts() {
        int sent = flood("slow-consumer:drop-oldest");
        slow.read(true);
        List<Frame> all = slow.received();
        assertThat(all.get(all.size() - 1).headers().get("last")).isEqualTo("yes");
        assertThat(lost(all)).isPositive();
        assertThat(all.size() + lost(all)).isEqualTo(sent + 1);
    }

    @Test
    void sx_slow_1_dropNewestKeepsTheOldestAndCounts() {
        int sent = flood("slow-consumer:drop-newest");
        slow.read(true);
        List<Frame> all = slow.received();
        sender.send("SEND\ndestination:/topic/t\nafter:yes\n\n^@");
        List<Frame> after = slow.received();
        all.addAll(after);
        assertThat(after.get(0).headers().get("after")).isEqualTo("yes");
        assertThat(lost(all)).isPositive();
        assertThat(all.size() + lost(all)).isEqualTo(sent + 2);
        for (int i = 1; i < all.size() - 1; i++) {
            assertThat(Integer.parseInt(all.get(i).headers().get("number")))
                    .isEqualTo(Integer.parseInt(all.get(i - 1).headers().get("number")) + 1);
        }
    }

    @Test
    void sx_slow_1_keepLatestKeepsOneForEachKey() {
        int sent = flood("slow-consumer:keep-latest");
        slow.read(true);
        List<Frame> all = slow.received();
        assertThat(all.size() + lost(all)).isEqualTo(sent + 1);
        for (int key = 0; key < 3; key++) {
            String latest = null;
            for (Frame frame : all) {
                if (String.valueOf(key).equals(frame.headers().get("key"))) {
                    latest = frame.headers().get("number");
                }
            }
            assertThat(latest).isEqualTo(String.valueOf(sent - 1 - Math.floorMod(sent - 1 - key, 3)));
        }
    }

    @Test
    void publisherThatReadsOnlyWhenItHasWrittenLosesNothing() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/t\n\n^@");
        slow.read(false);
        for (int i = 0; i < 40; i++) {
            slow.send("SEND\ndestination:/topic/t\n\n" + "x".repeat(100) + "^@");
        }
        slow.read(true);
        assertThat(slow.received()).hasSize(40).allMatch(frame -> frame.command() == Command.MESSAGE);
    }

    @Test
    void noLocalLeavesOutItsOwn() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/t\nno-local:true\n\n^@");
        slow.send("SEND\ndestination:/topic/t\n\nmine^@");
        sender.send("SEND\ndestination:/topic/t\n\nhis^@");
        assertThat(slow.received()).extracting(Frame::text).containsExactly("his");
    }

    @Test
    void patternMatchesTopicsThatComeLater() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/price.stock.*\n\n^@");
        sender.send("SEND\ndestination:/topic/price.stock.EMC\n\n1^@");
        sender.send("SEND\ndestination:/topic/price/stock/IBM\n\n2^@");
        sender.send("SEND\ndestination:/topic/price.stock.EMC.x\n\n3^@");
        assertThat(slow.received())
                .extracting(frame -> frame.headers().get("destination"))
                .containsExactly("/topic/price.stock.EMC", "/topic/price/stock/IBM");
        slow.send("UNSUBSCRIBE\nid:s\n\n^@");
        sender.send("SEND\ndestination:/topic/price.stock.new\n\n4^@SEND\ndestination:/topic/price.stock.EMC\n\n5^@");
        slow.expectNothing();
    }

    @Test
    void topicsKnownOnlyByAPatternAreForgottenAndFoundAgain() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/**\n\n^@");
        sender.send("SEND\ndestination:/topic/once\n\n1^@");
        broker.destinations().forgetIdle();
        broker.destinations().forgetIdle();
        assertThat(broker.destinations().lookUp("/topic/once")).isNull();
        sender.send("SEND\ndestination:/topic/once\n\n2^@");
        assertThat(slow.received()).extracting(Frame::text).containsExactly("1", "2");
    }

    @Test
    void patternThatDoesNotNameThemLeavesQueuesAlone() {
        slow.send("SUBSCRIBE\nid:s\ndestination:/**\n\n^@");
        sender.send("SEND\ndestination:/queue/a\n\nwork^@SEND\ndestination:/topic/a\n\nnews^@");
        assertThat(slow.received()).extracting(Frame::text).containsExactly("news");
        quick.send("SUBSCRIBE\nid:q\ndestination:/queue/**\n\n^@");
        assertThat(quick.received()).extracting(Frame::text).containsExactly("work");
    }

    @Test
    void handlerAnswersInOrderAndItsFailureIsAnError() throws InterruptedException {
        Broker roomy = Broker.create(BrokerOptions.builder().build());
        MemoryPeer sender = MemoryPeer.connected(roomy, Version.V1_2);
        MemoryPeer slow = MemoryPeer.connected(roomy, Version.V1_2);
        CountDownLatch begin = new CountDownLatch(1);
        roomy.handle("/app/echo", exchange -> {
            begin.await();
            if (exchange.text().equals("bad")) {
                throw new IllegalArgumentException("no");
            }
            exchange.publish("/topic/echo", exchange.text());
        });
        slow.send("SUBSCRIBE\nid:s\ndestination:/topic/echo\n\n^@");
        for (int i = 0; i < 100; i++) {
            sender.send("SEND\ndestination:/app/echo\n\n" + i + "^@");
        }
        sender.send("SEND\ndestination:/app/echo\nreceipt:last\n\n100^@");
        sender.expectNothing();
        begin.countDown();
        Awaitility.await()
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(5, TimeUnit.SECONDS)
                .until(() -> {
                    slow.run();
                    return !sender.received().isEmpty();
                });
        List<Frame> echoes = slow.received();
        assertThat(echoes).hasSize(101);
        for (int i = 0; i <= 100; i++) {
            assertThat(echoes.get(i).text()).isEqualTo(String.valueOf(i));
        }
        sender.send("SEND\ndestination:/app/echo\nreceipt:b\n\nbad^@");
        Awaitility.await()
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(5, TimeUnit.SECONDS)
                .until(() -> {
                    List<Frame> frames = sender.received();
                    return !frames.isEmpty()
                            && "b".equals(frames.get(0).headers().get("receipt-id"))
                            && frames.get(0).command() == Command.ERROR;
                });
    }

    @Test
    void subscribingToAHandlerGivesOneAnswer() {
        broker.handle("/app/now", exchange -> exchange.reply(exchange.isSubscribe() ? "snapshot" : "?"));
        slow.send("SUBSCRIBE\nid:s\ndestination:/app/now\n\n^@");
        Awaitility.await()
                .pollInterval(5, TimeUnit.MILLISECONDS)
                .atMost(5, TimeUnit.SECONDS)
                .until(() -> {
                    List<Frame> frames = slow.received();
                    return frames.size() == 1
                            && frames.get(0).text().equals("snapshot")
                            && "s".equals(frames.get(0).headers().get("subscription"));
                });
    }
}
