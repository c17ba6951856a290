/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/** STOMP.md C6: MESSAGE. */
@DisplayName("C6 MESSAGE")
class C6MessageTest {

    @Requirement
    void sx_msg_1_theFormOfMessageId(Scene scene) {
        StompPeer client = scene.client().subscribeAs("a", scene.topic()).subscribeAs("b", scene.topic());
        scene.publish(scene.topic(), "x");
        String one = client.expect("MESSAGE").value("message-id");
        String two = client.expect("MESSAGE").value("message-id");
        assertThat(List.of(one, two)).allMatch(id -> id.matches("^[A-Za-z0-9._~-]{1,64}$"));
        assertThat(one).isNotEqualTo(two);
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.IMPATIENT)
    void sx_msg_1_itIsTheSameWhenRedelivered(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame first = client.expect("MESSAGE⏎⏎x");
        client.send(scene.nack(first));
        assertThat(client.expect("MESSAGE⏎⏎x").value("message-id")).isEqualTo(first.value("message-id"));
    }

    @Requirement(versions = "1.2")
    void sx_msg_2_ackIsTheMessageId(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        assertThat(message.value("ack")).isEqualTo(message.value("message-id"));
        client.confirmed("ACK⏎id:" + message.value("message-id") + "⏎", "");
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement
    void sx_msg_3_headersOfTheServerAreNotBelieved(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎message-id:x⏎subscription:y⏎ack:z⏎receipt:r⏎"
                + "redelivered:true⏎receipt-id:q⏎session:s⏎transaction-like:1⏎⏎b␀");
        assertThat(message.all("message-id")).hasSize(1).doesNotContain("x");
        assertThat(message.all("subscription")).containsExactly("s1");
        assertThat(message.names()).doesNotContain("ack", "receipt", "redelivered", "receipt-id", "session");
        assertThat(message.value("transaction-like")).isEqualTo("1");
        assertThat(message.all("content-length")).containsExactly("1");
    }

    @Requirement
    void sx_msg_3_transactionIsNotCarriedOver(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send("BEGIN⏎transaction:t⏎⏎␀SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀COMMIT⏎transaction:t⏎⏎␀");
        assertThat(watcher.expect("MESSAGE⏎⏎x").has("transaction")).isFalse();
    }

    @Requirement
    void sx_msg_4_repeatedUserHeadersAreAllKeptInOrder(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎foo:1⏎bar:x⏎foo:2⏎⏎b␀");
        assertThat(message.headerLines().stream().filter(line -> line.startsWith("foo:") || line.startsWith("bar:")))
                .containsExactly("foo:1", "bar:x", "foo:2");
    }

    @Requirement
    void sx_msg_5_contentLengthOnEveryMessage(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎⏎␀");
        assertThat(message.value("content-length")).isEqualTo("0");
        StompPeer client = scene.fresh();
        assertThat(client.open(scene.version).has("content-length")).isFalse();
        assertThat(client.send("SEND⏎destination:{Q1}⏎receipt:r⏎⏎x␀")
                        .expect("RECEIPT")
                        .has("content-length"))
                .isFalse();
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2")
    void sx_msg_6_theOrderOfEachPublisherIsKept(Scene scene) {
        StompPeer consumer = scene.watcher(scene.queue());
        List<CompletableFuture<Void>> publishers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            StompPeer publisher = scene.client();
            String name = "p" + p;
            publishers.add(Aside.run(() -> {
                for (int i = 0; i < 10_000; i += 100) {
                    StringBuilder batch = new StringBuilder();
                    for (int j = i; j < i + 100; j++) {
                        batch.append("SEND⏎destination:{Q1}⏎publisher:")
                                .append(name)
                                .append("⏎⏎")
                                .append(j)
                                .append('␀');
                    }
                    publisher.send(batch.toString());
                }
            }));
        }
        Map<String, Integer> next = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            PeerFrame message = consumer.expect("MESSAGE");
            int number = Integer.parseInt(message.text());
            String publisher = message.value("publisher");
            assertThat(number).as(publisher).isEqualTo(next.getOrDefault(publisher, 0));
            next.put(publisher, number + 1);
        }
        publishers.forEach(CompletableFuture::join);
    }

    @Requirement
    @Tag("SX-MSG-7")
    void sx_msg_6_aRedeliveredMessageComesBeforeYoungerOnes(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client", "prefetch-count:2");
        scene.publish(scene.queue(), "1", "2", "3", "4");
        Scene.receive(client, "1", "2");
        scene.kill(client);
        List<PeerFrame> left = scene.expectLeft(scene.queue(), "1", "2", "3", "4");
        assertThat(left.stream().map(message -> message.has("redelivered"))).containsExactly(true, true, false, false);
    }

    @Requirement
    void sx_msg_7_redeliveryIsTold(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        PeerFrame first = client.expect("MESSAGE⏎⏎x");
        assertThat(first.has("redelivered")).isFalse();
        assertThat(first.has("delivery-count")).isFalse();
        scene.kill(client);
        StompPeer second = scene.watcher(scene.queue(), "ack:client");
        second.expect("MESSAGE⏎redelivered:true⏎delivery-count:2⏎⏎x");
        scene.kill(second);
        scene.watcher(scene.queue()).expect("MESSAGE⏎redelivered:true⏎delivery-count:3⏎⏎x");
    }

    @Requirement(versions = "1.0")
    void sx_down_1_lineEndsBecomeBlanksTowards10(Scene scene) {
        PeerFrame message = scene.relay("1.2", "1.0", "SEND⏎destination:{D1}⏎foo:a\\nMESSAGE⏎bar:a\\r\\nb⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("a MESSAGE");
        assertThat(message.value("bar")).isEqualTo("a  b");
    }

    @Requirement(versions = "1.0")
    void sx_down_1_namesThatCannotBeWrittenAreLeftOutTowards10(Scene scene) {
        PeerFrame message = scene.relay("1.2", "1.0", "SEND⏎destination:{D1}⏎a\\cb:1⏎c\\nd:2⏎e\\rf:3⏎fine:4⏎⏎x␀");
        assertThat(message.value("fine")).isEqualTo("4");
        assertThat(message.toString())
                .doesNotContain("a:b")
                .doesNotContain("c\nd")
                .doesNotContain("c d");
    }

    @Requirement(versions = "1.1")
    void sx_down_1_crIsRawTowards11(Scene scene) {
        PeerFrame message = scene.relay("1.2", "1.1", "SEND⏎destination:{D1}⏎foo:a\\rb\\nc⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("a\rb\\nc");
    }

    @Requirement
    void sx_trail_1_nothingBehindTheNul(Scene scene) {
        StompPeer client = scene.watcher(scene.queue());
        scene.publish(scene.queue(), "1", "2", "3");
        Scene.receive(client, "1", "2", "3");
        client.sync();
        assertThat(client.beats()).isEmpty();
    }
}
