/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final Broker broker = Broker.create(BrokerOptions.builder()
            .policy(DestinationPolicy.builder("/queue/now", DestinationPolicy.Kind.QUEUE)
                    .redeliveryDelay(java.time.Duration.ZERO)
                    .build())
            .build());
    private final MemoryPeer sender = MemoryPeer.connected(broker, Version.V1_2);
    private final MemoryPeer receiver = MemoryPeer.connected(broker, Version.V1_2);

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void topicDeliversToEverySubscription() {
        receiver.send(
                "SUBSCRIBE\nid:a\ndestination:/topic/x\nreceipt:1\n\n^@SUBSCRIBE\nid:b\ndestination:/topic/*\n\n^@");
        receiver.expect("RECEIPT");
        sender.send("SEND\ndestination:/topic/x\nfoo:bar\nreceipt:9\n\nhello^@");
        sender.expect("RECEIPT");
        Frame first = receiver.expect("MESSAGE");
        Frame second = receiver.expect("MESSAGE");
        assertThat(first.headers().get("subscription")).isEqualTo("a");
        assertThat(second.headers().get("subscription")).isEqualTo("b");
        assertThat(first.headers().get("foo")).isEqualTo("bar");
        assertThat(first.text()).isEqualTo("hello");
        receiver.expectNothing();
    }

    @Test
    void queueGivesBackWhatWasNotAcknowledged() {
        receiver.send("SUBSCRIBE\nid:a\nack:client\ndestination:/queue/x\n\n^@");
        for (int i = 1; i <= 5; i++) {
            sender.send("SEND\ndestination:/queue/x\n\n" + i + "^@");
        }
        receiver.expect("MESSAGE");
        receiver.expect("MESSAGE");
        Frame third = receiver.expect("MESSAGE");
        receiver.send("ACK\nid:" + third.headers().get("ack") + "\n\n^@");
        receiver.expect("MESSAGE");
        receiver.expect("MESSAGE");
        receiver.expectNothing();
        receiver.cut();
        sender.send("SUBSCRIBE\nid:w\ndestination:/queue/x\n\n^@");
        Frame fourth = sender.expect("MESSAGE");
        assertThat(fourth.text()).isEqualTo("4");
        assertThat(fourth.headers().get("redelivered")).isEqualTo("true");
        assertThat(sender.expect("MESSAGE").text()).isEqualTo("5");
        sender.expectNothing();
    }

    @Test
    void nackComesBackAndEndsAmongTheDeadLetters() {
        receiver.send("SUBSCRIBE\nid:a\nack:client-individual\ndestination:/queue/now\n\n^@");
        sender.send("SUBSCRIBE\nid:d\ndestination:/queue/dead-letters\n\n^@");
        sender.send("SEND\ndestination:/queue/now\n\nx^@");
        String id = null;
        for (int i = 0; i < 6; i++) {
            Frame message = receiver.expect("MESSAGE");
            if (id != null) {
                assertThat(message.headers().get("message-id")).isEqualTo(id);
                assertThat(message.headers().get("redelivered")).isEqualTo("true");
            }
            id = message.headers().get("message-id");
            receiver.send("NACK\nid:" + id + "\n\n^@");
        }
        receiver.expectNothing();
        Frame dead = sender.expect("MESSAGE");
        assertThat(dead.headers().get("original-destination")).isEqualTo("/queue/now");
        assertThat(dead.text()).isEqualTo("x");
    }

    @Test
    void transactionIsAllOrNothing() {
        receiver.send("SUBSCRIBE\nid:a\ndestination:/topic/x\n\n^@");
        sender.send("BEGIN\ntransaction:t\n\n^@SEND\ndestination:/topic/x\ntransaction:t\n\n1^@");
        receiver.expectNothing();
        sender.send("COMMIT\ntransaction:t\nreceipt:c\n\n^@");
        sender.expect("RECEIPT");
        assertThat(receiver.expect("MESSAGE").text()).isEqualTo("1");
        sender.send(
                "BEGIN\ntransaction:t\n\n^@SEND\ndestination:/topic/x\ntransaction:t\n\n2^@ABORT\ntransaction:t\n\n^@");
        receiver.expectNothing();
        sender.send("COMMIT\ntransaction:t\nreceipt:r2\n\n^@");
        Frame error = sender.expect("ERROR");
        assertThat(error.headers().get("receipt-id")).isEqualTo("r2");
        assertThat(sender.closed).isEqualTo(CloseReason.PROTOCOL_ERROR);
    }

    @Test
    void replyToATemporaryQueueComesBack() {
        receiver.send("SUBSCRIBE\nid:a\ndestination:/queue/work\n\n^@");
        sender.send("SEND\ndestination:/queue/work\nreply-to:/temp-queue/mine\n\nq^@");
        String replyTo = receiver.expect("MESSAGE").headers().get("reply-to");
        assertThat(replyTo).startsWith("/reply-queue/");
        receiver.send("SEND\ndestination:" + replyTo + "\n\nanswer^@");
        Frame answer = sender.expect("MESSAGE");
        assertThat(answer.text()).isEqualTo("answer");
        assertThat(answer.headers().get("subscription")).isEqualTo("/temp-queue/mine");
    }
}
