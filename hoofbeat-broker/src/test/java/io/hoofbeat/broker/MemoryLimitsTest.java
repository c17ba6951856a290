/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What many sessions hold together is bounded, whatever each of them may hold. */
class MemoryLimitsTest {
    private static final String LARGE = "x".repeat(600 * 1024);

    private final Broker broker = Broker.create(BrokerOptions.builder()
            .maxQueueBytes(1 << 20)
            .maxBody(700 * 1024)
            .maxInputBytes(1 << 20)
            .maxSubscriptionBytes(1 << 16)
            .maxDirectoryBytes(1 << 20)
            .build());
    private final MemoryPeer first = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer second = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer third = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    private static String largeInTransaction(String end) {
        return "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/topic/x\ntransaction:t\nreceipt:r\n\n" + LARGE + "^@"
                + end;
    }

    @Test
    void transactionsOfAllSessionsShareALimit() {
        first.send(largeInTransaction(""));
        first.expect("RECEIPT");
        second.send(largeInTransaction(""));
        assertThat(second.expect("ERROR").headers().get("message"))
                .isEqualTo(
                        "too much in the open transactions of all sessions (limit 1048576 octets, max-queue-bytes); try again later");
        assertThat(second.closed).isEqualTo(CloseReason.OVERLOADED);
        first.send("ABORT\ntransaction:t\n\n^@" + largeInTransaction("COMMIT\ntransaction:t\n\n^@"));
        first.expect("RECEIPT");
        first.send(largeInTransaction(""));
        first.expect("RECEIPT");
        first.cut();
        third.send(largeInTransaction(""));
        third.expect("RECEIPT");
        assertThat(broker.transactionMemory().used()).isBetween(600L * 1024, 700L * 1024);
        third.cut();
        assertThat(broker.transactionMemory().used()).isZero();
    }

    @Test
    void aQueueThatIsConsumedGoesOnWhileOthersHaveFilledTheMemory() {
        String flood = "SEND\ndestination:/queue/flood\nreceipt:f\n\n^@";
        first.send(flood.repeat(10_000));
        int taken = first.received().size();
        assertThat(taken).isLessThan(10_000);
        second.send("SUBSCRIBE\nid:s\nack:client\ndestination:/queue/consumed\n\n^@");
        for (int i = 0; i < 1_000; i++) {
            third.send("SEND\ndestination:/queue/consumed\nreceipt:r\n\nlonger than those of the flood^@");
            third.expect("RECEIPT");
            second.send("ACK\nid:" + second.expect("MESSAGE").headers().get("ack") + "\n\n^@");
        }
        first.expectNothing();
        second.send("SUBSCRIBE\nid:f\ndestination:/queue/flood\n\n^@");
        for (int i = 0; i < 10_000; i++) {
            second.expect("MESSAGE");
            first.run();
        }
        assertThat(first.received()).hasSize(10_000 - taken);
    }

    private static String begun(int octets) {
        return "SEND\ndestination:/topic/x\nreceipt:r\ncontent-length:614400\n\n" + "x".repeat(octets);
    }

    @Test
    void framesThatHaveComeInPartShareALimit() {
        first.send(begun(500_000));
        second.send(begun(500_000));
        third.send(begun(100_000));
        Frame error = third.expect("ERROR");
        assertThat(error.headers().get("message"))
                .isEqualTo("too much in the unfinished frames of all sessions (limit 1048576 octets, max-input-bytes);"
                        + " try again later");
        assertThat(error.headers().get("receipt-id")).isEqualTo("r");
        assertThat(third.closed).isEqualTo(CloseReason.OVERLOADED);
        MemoryPeer modest = MemoryPeer.connected(broker, Version.V1_2);
        modest.send(begun(60_000));
        modest.expectNothing();
        first.send("x".repeat(114_400) + "^@");
        first.expect("RECEIPT");
        modest.send("x".repeat(554_400) + "^@");
        modest.expect("RECEIPT");
        second.cut();
        first.send("SEND\ndestination:/topic/x\n\n^@");
        assertThat(broker.inputMemory().used()).isZero();
    }

    @Test
    void framesThatWaitForRoomShareTheSameLimit() {
        String large = "SEND\ndestination:/queue/q\nreceipt:r\n\n" + LARGE + "^@";
        first.send(large);
        first.expect("RECEIPT");
        first.send(large);
        first.expectNothing();
        second.send(large);
        assertThat(second.expect("ERROR").headers().get("message")).contains("max-input-bytes");
        third.send("SUBSCRIBE\nid:s\ndestination:/queue/q\n\n^@");
        third.expect("MESSAGE");
        first.expect("RECEIPT");
        third.expect("MESSAGE");
        assertThat(broker.inputMemory().used()).isZero();
    }

    @Test
    void messagesThatWaitForAHandlerShareTheSameLimit() throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        broker.handle("/app/slow", exchange -> begin.await());
        String large = "SEND\ndestination:/app/slow\nreceipt:r\n\n" + LARGE + "^@";
        first.send(large);
        second.send(large);
        assertThat(second.expect("ERROR").headers().get("message")).contains("full");
        begin.countDown();
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> !first.received().isEmpty());
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> broker.inputMemory().used() == 0);
    }

    private static String subscribe(String id, String selector) {
        return "SUBSCRIBE\nid:" + id + "\ndestination:/topic/x\nreceipt:r\nselector:" + selector + "\n\n^@";
    }

    @Test
    void subscriptionsOfAllSessionsShareALimit() {
        String large = "a = '" + "x".repeat(4_000) + "'";
        for (int i = 0; i < 3; i++) {
            first.send(subscribe("s" + i, large));
            first.expect("RECEIPT");
        }
        second.send(subscribe("s", large));
        second.expect("RECEIPT"); // of what is reserved
        second.send(subscribe("t", large));
        assertThat(second.expect("ERROR").headers().get("message"))
                .isEqualTo("too much in the subscriptions of all sessions (limit 65536 octets, max-subscription-bytes);"
                        + " try again later");
        assertThat(second.closed).isEqualTo(CloseReason.OVERLOADED);
        first.send("UNSUBSCRIBE\nid:s1\n\n^@");
        third.send(subscribe("s", large));
        third.expect("RECEIPT");
        first.cut();
        third.cut();
        assertThat(broker.subscriptionMemory().used()).isZero();
    }

    @Test
    void whoHasFewSubscriptionsGetsOneWhenOthersHaveTakenAll() {
        for (int i = 0; first.closed == null; i++) {
            first.send(subscribe("s" + i, "a = " + i));
        }
        MemoryPeer hoarder = MemoryPeer.connected(broker, Version.V1_2);
        int some = first.received().size() - 1;
        for (int i = 0; i < some; i++) {
            hoarder.send(subscribe("s" + i, "a = " + i));
        }
        assertThat(hoarder.received()).hasSize(some);
        second.send(subscribe("s", "a = 1"));
        second.expect("RECEIPT");
    }

    @Test
    void selectorsCountByWhatTheyBecome() {
        first.send(subscribe("s", "a LIKE '" + "%a".repeat(1_000) + "'"));
        assertThat(first.expect("ERROR").headers().get("message")).contains("max-subscription-bytes");
    }

    @Test
    void idsOfSubscriptionsHaveALimit() {
        first.send(subscribe("i".repeat(1_024), "a = 1"));
        first.expect("RECEIPT");
        first.send(subscribe("i".repeat(1_025), "a = 1"));
        assertThat(first.expect("ERROR").headers().get("message"))
                .isEqualTo("id of a subscription longer than 1024 octets");
    }

    @Test
    void aPatternThatMatchesTooMuchEndsItsSessionAndNotTheSenders() {
        first.send("SUBSCRIBE\nid:s\ndestination:/topic/**\n\n^@");
        for (int i = 0; i < 700; i++) {
            third.send("SEND\ndestination:/topic/" + i + "\nreceipt:r\n\n^@");
            third.expect("RECEIPT");
        }
        var all = first.received();
        assertThat(all.get(all.size() - 1).text())
                .isEqualTo(
                        "the pattern /topic/** matches too much, too much in the subscriptions of all sessions (limit"
                                + " 65536 octets, max-subscription-bytes); try again later");
        assertThat(broker.subscriptionMemory().used()).isZero();
    }

    @Test
    void destinationsShareALimitAndGiveBackWhatTheyHadWhenTheyAreForgotten() {
        String padding = "d".repeat(900);
        for (int i = 0; first.closed == null; i++) {
            assertThat(i).isLessThan(1_000);
            first.send("SEND\ndestination:/topic/" + padding + i + "\n\n^@");
        }
        assertThat(first.expect("ERROR").headers().get("message"))
                .isEqualTo("too much in the destinations of all sessions (limit 1048576 octets, max-directory-bytes);"
                        + " try again later");
        broker.destinations().forgetIdle();
        broker.destinations().forgetIdle();
        assertThat(broker.directoryMemory().used()).isZero();
        second.send("SEND\ndestination:/topic/new\nreceipt:r\n\n^@");
        second.expect("RECEIPT");
    }

    @Test
    void beginCountsWhatAnIdTakes() {
        String id = "t".repeat(15_000);
        for (int i = 0; i < 4; i++) {
            MemoryPeer peer = MemoryPeer.connected(broker, Version.V1_2);
            peer.send("BEGIN\ntransaction:" + id + "\nreceipt:r\n\n^@");
            peer.expect("RECEIPT");
        }
        assertThat(broker.transactionMemory().used()).isGreaterThan(60_000);
    }
}
