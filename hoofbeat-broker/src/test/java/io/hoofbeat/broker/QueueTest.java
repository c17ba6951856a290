/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.broker.DestinationPolicy.WhenFull;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What queues do beyond the protocol's own demands. */
class QueueTest {
    private final Broker broker = Broker.create(BrokerOptions.builder()
            .policy(DestinationPolicy.builder("/queue/small/**", Kind.QUEUE)
                    .maxMessages(2)
                    .build())
            .policy(DestinationPolicy.builder("/queue/reject/**", Kind.QUEUE)
                    .maxMessages(2)
                    .whenFull(WhenFull.REJECT)
                    .build())
            .policy(DestinationPolicy.builder("/queue/oldest/**", Kind.QUEUE)
                    .maxMessages(2)
                    .whenFull(WhenFull.DROP_OLDEST)
                    .build())
            .policy(DestinationPolicy.builder("/queue/late/**", Kind.QUEUE)
                    .redeliveryDelay(Duration.ofMillis(50))
                    .build())
            .policy(DestinationPolicy.builder("/queue/grave/**", Kind.QUEUE)
                    .deadLetterExpired(true)
                    .deadLetters("/queue/expired")
                    .build())
            .policy(DestinationPolicy.builder("/queue/fixed", Kind.QUEUE)
                    .create(false)
                    .build())
            .build());
    private final MemoryPeer sender = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer one = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer two = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    private void send(String queue, String headers, String... bodies) {
        for (String body : bodies) {
            sender.send("SEND\ndestination:" + queue + "\n" + headers + "\n" + body + "^@");
        }
    }

    private static void subscribe(MemoryPeer peer, String id, String queue, String headers) {
        peer.send("SUBSCRIBE\nid:" + id + "\ndestination:" + queue + "\n" + headers + "\n^@");
    }

    private static List<String> bodies(MemoryPeer peer) {
        List<String> texts = new ArrayList<>();
        for (Frame frame : peer.received()) {
            assertThat(frame.command()).isEqualTo(Command.MESSAGE);
            texts.add(frame.text());
        }
        return texts;
    }

    @Test
    void consumersTakeTurns() {
        subscribe(one, "1", "/queue/a", "");
        subscribe(two, "2", "/queue/a", "");
        send("/queue/a", "", "1", "2", "3", "4");
        assertThat(bodies(one)).containsExactly("1", "3");
        assertThat(bodies(two)).containsExactly("2", "4");
    }

    @Test
    void prefetchEndsWhatIsUnderWayAndAnAcknowledgementFetchesTheNext() {
        subscribe(one, "1", "/queue/a", "ack:client-individual\nprefetch-count:2\n");
        send("/queue/a", "", "1", "2", "3");
        Frame first = one.expect("MESSAGE");
        one.expect("MESSAGE");
        one.expectNothing();
        one.send("ACK\nid:" + first.headers().get("ack") + "\n\n^@");
        assertThat(bodies(one)).containsExactly("3");
    }

    @Test
    void everyDialectOfPrefetchIsUnderstood() {
        String[] dialects = {"activemq.prefetchSize:1", "credit:1,1024", "consumer-window-size:0", "prefetch-count:1"};
        for (String dialect : dialects) {
            String queue = "/queue/" + dialect.replace(':', '-').replace(',', '-');
            subscribe(one, dialect.substring(0, 4), queue, "ack:client\n" + dialect + "\n");
            send(queue, "", "1", "2");
            assertThat(bodies(one)).as(dialect).containsExactly("1");
        }
    }

    @Test
    void higherPriorityComesFirst() {
        send("/queue/a", "priority:1\n", "low");
        send("/queue/a", "", "normal");
        send("/queue/a", "priority:9\n", "high", "high too");
        subscribe(one, "1", "/queue/a", "");
        assertThat(bodies(one)).containsExactly("high", "high too", "normal", "low");
    }

    @Test
    void selectorTakesItsOwnAndLeavesTheRest() {
        subscribe(one, "1", "/queue/a", "selector:colour = 'red'\n");
        send("/queue/a", "colour:blue\n", "b1");
        send("/queue/a", "colour:red\n", "r1");
        send("/queue/a", "colour:blue\n", "b2");
        send("/queue/a", "colour:red\n", "r2");
        assertThat(bodies(one)).containsExactly("r1", "r2");
        subscribe(two, "2", "/queue/a", "");
        assertThat(bodies(two)).containsExactly("b1", "b2");
    }

    @Test
    void selectorFindsWhatCameBackBehindWhereItHasLooked() {
        subscribe(two, "2", "/queue/a", "ack:client\n");
        send("/queue/a", "colour:red\n", "r1");
        two.expect("MESSAGE");
        two.send("UNSUBSCRIBE\nid:2\n\n^@");
        send("/queue/a", "colour:blue\n", "b1", "b2");
        subscribe(one, "1", "/queue/a", "selector:colour = 'red'\nprefetch-count:1\nack:client-individual\n");
        Frame red = one.expect("MESSAGE");
        assertThat(red.text()).isEqualTo("r1");
        send("/queue/a", "colour:red\npriority:9\n", "r2");
        one.expectNothing();
        one.send("ACK\nid:" + red.headers().get("ack") + "\n\n^@");
        assertThat(bodies(one)).containsExactly("r2");
    }

    @Test
    void groupStaysWithItsConsumerUntilHeLeaves() {
        subscribe(one, "1", "/queue/a", "ack:client\n");
        subscribe(two, "2", "/queue/a", "ack:client\n");
        send("/queue/a", "JMSXGroupID:g\n", "1", "2", "3");
        assertThat(bodies(one)).containsExactly("1", "2", "3");
        two.expectNothing();
        one.cut();
        assertThat(bodies(two)).containsExactly("1", "2", "3");
        send("/queue/a", "message_group:g\n", "4");
        assertThat(bodies(two)).containsExactly("4");
    }

    @Test
    void exclusiveConsumerGetsEverythingAndIsSucceeded() {
        subscribe(one, "1", "/queue/a", "exclusive:true\n");
        subscribe(two, "2", "/queue/a", "activemq.exclusive:true\n");
        send("/queue/a", "", "1", "2");
        assertThat(bodies(one)).containsExactly("1", "2");
        one.send("UNSUBSCRIBE\nid:1\n\n^@");
        send("/queue/a", "", "3");
        assertThat(bodies(two)).containsExactly("3");
    }

    @Test
    void consumerOfHigherPriorityComesFirst() {
        subscribe(one, "1", "/queue/a", "ack:client\nprefetch-count:1\n");
        subscribe(two, "2", "/queue/a", "ack:client\nprefetch-count:2\nx-priority:5\n");
        send("/queue/a", "", "1", "2", "3");
        assertThat(bodies(two)).containsExactly("1", "2");
        assertThat(bodies(one)).containsExactly("3");
    }

    @Test
    void browserLooksWithoutTaking() {
        send("/queue/a", "", "1", "2");
        subscribe(one, "1", "/queue/a", "browser:true\n");
        List<Frame> seen = one.received();
        assertThat(seen).extracting(Frame::text).containsExactly("1", "2", "");
        assertThat(seen.get(2).headers().get("browser")).isEqualTo("end");
        subscribe(two, "2", "/queue/a", "");
        assertThat(bodies(two)).containsExactly("1", "2");
    }

    @Test
    void browserThatDoesNotReadKeepsNothingThatOthersHaveConsumed() {
        String body = "x".repeat(100_000);
        for (int i = 0; i < 40; i++) {
            send("/queue/a", i == 39 ? "priority:9\n" : "", i + body);
        }
        one.read(false);
        subscribe(one, "1", "/queue/a", "browser:true\n");
        send("/queue/a", "", "later");
        subscribe(two, "2", "/queue/a", "");
        assertThat(bodies(two)).hasSize(41);
        one.read(true);
        List<Frame> seen = one.received();
        assertThat(seen).hasSizeBetween(5, 20);
        assertThat(seen.get(0).text()).startsWith("39x");
        for (int i = 1; i < seen.size() - 1; i++) {
            assertThat(seen.get(i).text()).startsWith(i - 1 + "x");
        }
        assertThat(seen.get(seen.size() - 1).headers().get("browser")).isEqualTo("end");
    }

    @Test
    void browserSeesAllOfALargeQueueAndNothingThatCameLater() {
        String body = "x".repeat(100_000);
        for (int i = 0; i < 40; i++) {
            send("/queue/a", "", i + body);
        }
        one.read(false);
        subscribe(one, "1", "/queue/a", "browser:true\n");
        send("/queue/a", "", "later");
        one.read(true);
        List<Frame> seen = one.received();
        assertThat(seen).hasSize(41);
        for (int i = 0; i < 40; i++) {
            assertThat(seen.get(i).text()).startsWith(i + "x");
        }
    }

    @Test
    void expiredMessagesAreNotDelivered() {
        send("/queue/a", "expires:1\n", "long ago");
        send("/queue/a", "expires:" + (System.currentTimeMillis() + 60_000) + "\n", "in time");
        send("/queue/a", "ttl:1\n", "soon");
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> queueMessages("/queue/a") == 1);
        subscribe(one, "1", "/queue/a", "");
        assertThat(bodies(one)).containsExactly("in time");
    }

    @Test
    void expiredMessagesGoToTheDeadLettersWherePolicySaysSo() {
        subscribe(one, "1", "/queue/expired", "");
        send("/queue/grave/a", "expiration:0\n", "x");
        Frame dead = one.expect("MESSAGE");
        assertThat(dead.headers().get("dead-letter-reason")).isEqualTo("expired");
        assertThat(dead.headers().get("original-destination")).isEqualTo("/queue/grave/a");
    }

    private int queueMessages(String name) {
        return broker.destinations().lookUp(name) instanceof Queue queue ? queue.messages() : -1;
    }

    @Test
    void fullQueueHoldsTheSenderUntilThereIsRoom() {
        send("/queue/small/a", "receipt:r\n", "1", "2", "3");
        assertThat(sender.received()).hasSize(2);
        sender.send("SEND\ndestination:/topic/t\nreceipt:later\n\n^@");
        sender.expectNothing();
        subscribe(one, "1", "/queue/small/a", "");
        assertThat(bodies(one)).contains("1", "2");
        assertThat(sender.received())
                .extracting(frame -> frame.headers().get("receipt-id"))
                .containsExactly("r", "later");
        assertThat(bodies(one)).containsExactly("3");
    }

    @Test
    void fullQueueRejectsWherePolicySaysSo() {
        send("/queue/reject/a", "", "1", "2");
        sender.send("SEND\ndestination:/queue/reject/a\nreceipt:r\n\n3^@");
        assertThat(sender.expect("ERROR").headers().get("receipt-id")).isEqualTo("r");
        assertThat(sender.closed).isEqualTo(CloseReason.OVERLOADED);
    }

    @Test
    void fullQueueDropsItsOldestWherePolicySaysSo() {
        send("/queue/oldest/a", "", "1", "2", "3");
        subscribe(one, "1", "/queue/oldest/a", "");
        assertThat(bodies(one)).containsExactly("2", "3");
    }

    @Test
    void commitThatFindsOneQueueFullDoesNothing() {
        send("/queue/reject/full", "", "1", "2");
        sender.send("BEGIN\ntransaction:t\n\n^@SEND\ndestination:/queue/b\ntransaction:t\n\nx^@"
                + "SEND\ndestination:/queue/reject/full\ntransaction:t\n\ny^@COMMIT\ntransaction:t\nreceipt:c\n\n^@");
        assertThat(sender.expect("ERROR").headers().get("receipt-id")).isEqualTo("c");
        assertThat(queueMessages("/queue/b")).isZero();
    }

    @Test
    void refusedMessageComesBackToItsOnlyConsumerAfterAWhile() {
        subscribe(one, "1", "/queue/late/a", "ack:client-individual\n");
        send("/queue/late/a", "", "x");
        one.send("NACK\nid:" + one.expect("MESSAGE").headers().get("ack") + "\n\n^@");
        one.expectNothing();
        Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> {
            List<Frame> again = one.received();
            return again.size() == 1 && "true".equals(again.get(0).headers().get("redelivered"));
        });
    }

    @Test
    void patternConsumesFromAllQueuesThatMatchAndSharesItsPrefetch() {
        send("/queue/p/a", "", "a1", "a2");
        subscribe(one, "1", "/queue/p/*", "ack:client-individual\nprefetch-count:3\n");
        send("/queue/p/b", "", "b1", "b2");
        List<Frame> seen = one.received();
        assertThat(seen).extracting(Frame::text).containsExactly("a1", "a2", "b1");
        one.send("ACK\nid:" + seen.get(0).headers().get("ack") + "\n\n^@");
        assertThat(bodies(one)).containsExactly("b2");
    }

    @Test
    void queueThatMustNotBeCreatedIsRefused() {
        sender.send("SEND\ndestination:/queue/fixed\n\nx^@");
        assertThat(sender.expect("ERROR").text()).contains("may not be created");
    }

    @Test
    void whatWasNotWrittenDoesNotCountAsDelivered() {
        one.read(false);
        subscribe(one, "1", "/queue/a", "");
        send("/queue/a", "", "x");
        one.cut();
        subscribe(two, "2", "/queue/a", "");
        Frame message = two.expect("MESSAGE");
        assertThat(message.headers().contains("redelivered")).isFalse();
    }

    @Test
    void temporaryQueueGoesWithItsSession() {
        subscribe(one, "1", "/temp-queue/mine", "");
        one.send("SEND\ndestination:/queue/ask\nreply-to:/temp-queue/mine\n\n?^@");
        subscribe(two, "2", "/queue/ask", "");
        String replyTo =
                java.util.Objects.requireNonNull(two.expect("MESSAGE").headers().get("reply-to"));
        send(replyTo, "", "first");
        assertThat(bodies(one)).containsExactly("first");
        one.cut();
        sender.send("SEND\ndestination:" + replyTo + "\nreceipt:r\n\nlate^@");
        sender.expect("RECEIPT");
        two.send("SUBSCRIBE\nid:x\ndestination:" + replyTo + "\n\n^@");
        two.expect("ERROR");
    }

    @Test
    void idleQueuesAreForgotten() {
        subscribe(one, "1", "/queue/a", "");
        send("/queue/a", "", "1");
        assertThat(bodies(one)).containsExactly("1");
        one.send("UNSUBSCRIBE\nid:1\n\n^@");
        broker.destinations().forgetIdle();
        assertThat(queueMessages("/queue/a")).isZero();
        broker.destinations().forgetIdle();
        assertThat(queueMessages("/queue/a")).isEqualTo(-1);
    }
}
