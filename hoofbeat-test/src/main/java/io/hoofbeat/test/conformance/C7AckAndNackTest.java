/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C7: ACK and NACK. */
@DisplayName("C7 ACK and NACK")
class C7AckAndNackTest {

    /** A message that can be told among all the dead letters. */
    private static void mark(Scene scene) {
        scene.client().confirmed("SEND⏎destination:{Q1}⏎grave:" + scene.name() + "⏎", "x");
    }

    private static StompPeer graves(Scene scene) {
        return scene.watcher(scene.deadLetters(), "selector:grave = '" + scene.name() + "'");
    }

    @Requirement
    void sx_ack_1_anIdThatWasNeverIssued(Scene scene) {
        String header = scene.isVersion("1.2") ? "id:never" : "message-id:never⏎subscription:s1";
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.refused(client, "ACK⏎" + header + "⏎⏎␀");
    }

    @Requirement
    void sx_ack_2_anIdThatIsSettledAlready(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2", "3");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3");
        String ack = Scene.settleHead("ACK", messages.get(1), scene.version);
        client.send(ack + "receipt:1⏎⏎␀").expect("RECEIPT", "receipt-id:1");
        client.send(ack + "receipt:2⏎⏎␀").expect("RECEIPT", "receipt-id:2");
        // Covered by that ACK.
        client.confirmed(Scene.settleHead("ACK", messages.get(0), scene.version), "");
        // Released by UNSUBSCRIBE.
        client.confirmed("UNSUBSCRIBE⏎id:s1⏎", "");
        client.confirmed(Scene.settleHead("ACK", messages.get(2), scene.version), "");
        scene.expectLeft(scene.queue(), "3");
    }

    @Requirement
    void sx_ack_3_ofAMessageOfAnAutoSubscription(Scene scene) {
        StompPeer client = scene.watcher(scene.queue());
        scene.publish(scene.queue(), "x");
        String id = client.expect("MESSAGE").value("message-id");
        String header = scene.isVersion("1.2") ? "id:" + id : "message-id:" + id + "⏎subscription:s1";
        client.send("ACK⏎" + header + "⏎receipt:1⏎⏎␀").expect("RECEIPT", "receipt-id:1");
        client.sync();
    }

    @Requirement(versions = "1.1")
    void sx_ack_4_without_subscriptionIn11(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        String id = client.expect("MESSAGE").value("message-id");
        client.confirmed("ACK⏎message-id:" + id + "⏎", "");
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = "1.1")
    void sx_ack_4_withAnotherSubscriptionIn11(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        String id = client.expect("MESSAGE").value("message-id");
        scene.refused(client, "ACK⏎message-id:" + id + "⏎subscription:other⏎⏎␀");
        scene.expectLeft(scene.queue(), "x");
    }

    @Requirement(versions = "1.2")
    void sx_ack_5_messageIdInsteadOfIdIn12(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        String id = client.expect("MESSAGE").value("message-id");
        scene.refused(client, "ACK⏎message-id:" + id + "⏎subscription:s1⏎⏎␀");
        StompPeer second = scene.watcher(scene.queue(), "ack:client");
        String ack = second.expect("MESSAGE").value("ack");
        second.confirmed("ACK⏎id:" + ack + "⏎subscription:s1⏎", "");
        scene.kill(second);
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_nack_1_anotherConsumerIsPreferred(Scene scene) {
        StompPeer first = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame message = first.expect("MESSAGE⏎⏎x");
        StompPeer second = scene.watcher(scene.queue(), "ack:client-individual");
        first.send(scene.nack(message));
        second.expect("MESSAGE⏎redelivered:true⏎⏎x");
        first.expectNothing();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.IMPATIENT)
    void sx_nack_1_sixTimesAndItIsDead(Scene scene) {
        StompPeer graves = graves(scene);
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        mark(scene);
        for (int i = 0; i < 6; i++) {
            client.send(scene.nack(client.expect("MESSAGE⏎⏎x")));
        }
        assertThat(graves.expect("MESSAGE⏎⏎x").value("original-destination")).isEqualTo(scene.queue());
        client.expectNothing();
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_nack_1_requeueFalseIsDeadAtOnce(Scene scene) {
        StompPeer graves = graves(scene);
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        mark(scene);
        client.send(scene.nack(client.expect("MESSAGE⏎⏎x"), "requeue:false"));
        graves.expect("MESSAGE⏎⏎x");
        client.expectNothing();
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_nack_1_aBackOffAppliesIfThereIsNobodyElse(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE⏎⏎x");
        long start = System.nanoTime();
        client.send(scene.nack(message));
        client.expect("MESSAGE⏎redelivered:true⏎⏎x");
        assertThat(Beats.millis(System.nanoTime() - start)).isBetween(500L, 2_500L + Jitter.millis());
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_nack_1_ofATopicItIsDropped(Scene scene) {
        StompPeer client = scene.watcher(scene.topic(), "ack:client-individual");
        scene.publish(scene.topic(), "x");
        PeerFrame message = client.expect("MESSAGE⏎⏎x");
        client.send(scene.nack(message)).sync();
        client.expectSilence(Duration.ofMillis(300));
    }

    @Requirement
    void sx_nack_2_sixKillsAfterTheMessageWasRead(Scene scene) {
        StompPeer graves = graves(scene);
        mark(scene);
        for (int i = 0; i < 6; i++) {
            StompPeer client = scene.watcher(scene.queue(), "ack:client");
            client.expect("MESSAGE⏎⏎x");
            scene.kill(client);
        }
        graves.expect("MESSAGE⏎⏎x");
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = "1.2", reading = true)
    @Tag("SX-SLOW-1")
    void sx_nack_2_sixKillsBeforeItWasWritten(Scene scene) {
        // What is in front of it fills the socket of a consumer that does not read.
        byte[] body = A06BodiesTest.text(12 << 20);
        StompPeer publisher = scene.client();
        publisher
                .send(A06BodiesTest.withBody("SEND\ndestination:" + scene.queue(2), body))
                .sync();
        publisher.send("SEND⏎destination:{Q1}⏎⏎x␀").sync();
        for (int i = 0; i < 6; i++) {
            StompPeer client = scene.add(scene.builder().receiveBuffer(4_096).connect());
            client.open(scene.version);
            client.send("SUBSCRIBE⏎id:1⏎destination:{Q2}⏎ack:client⏎⏎␀SUBSCRIBE⏎id:2⏎destination:{Q1}⏎ack:client⏎⏎␀");
            Sockets.awaitTaken(client.localPort(), Duration.ofSeconds(5));
            Sockets.pass(Duration.ofMillis(50));
            scene.kill(client);
        }
        assertThat(scene.watcher(scene.queue()).expect("MESSAGE⏎⏎x").has("redelivered"))
                .isFalse();
    }
}
