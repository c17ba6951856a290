/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A15: ACK and NACK. */
@DisplayName("A15 Acknowledgement")
class A15AcknowledgementTest {

    @Requirement(versions = "1.0")
    void s10_ack_1_messageIdSettlesIn10(Scene scene) {
        checkSettles(scene, "message-id");
        scene.refused("ACK⏎⏎␀");
    }

    @Requirement(versions = "1.1")
    void s11_ack_2_messageIdAndSubscriptionSettleIn11(Scene scene) {
        checkSettles(scene, "message-id", "subscription");
        scene.refused("ACK⏎subscription:s1⏎⏎␀");
    }

    @Requirement(versions = "1.2")
    @Tag("S12-ACK-4")
    void s12_ack_3_idIsTheAckHeaderOfTheMessage(Scene scene) {
        checkSettles(scene, "id");
        scene.refused("ACK⏎⏎␀");
    }

    private static void checkSettles(Scene scene, String... headers) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        StringBuilder ack = new StringBuilder("ACK⏎");
        for (String header : headers) {
            ack.append(header)
                    .append(':')
                    .append(message.value(header.equals("id") ? "ack" : header))
                    .append('⏎');
        }
        client.confirmed(ack.toString(), "");
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = "1.2")
    void s12_ack_4_theAckHeaderIsThereAndSuffices(Scene scene) {
        for (String mode : List.of("client", "client-individual")) {
            StompPeer client = scene.watcher(scene.queue(), "ack:" + mode);
            scene.publish(scene.queue(), mode);
            PeerFrame message = client.expect("MESSAGE⏎⏎" + mode);
            client.confirmed("ACK⏎id:" + message.value("ack") + "⏎", "");
            scene.kill(client);
            scene.expectLeft(scene.queue());
        }
    }

    @Requirement
    void s10_ack_5_notConsumedUntilAcknowledged(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        client.expect("MESSAGE⏎⏎x");
        StompPeer second = scene.watcher(scene.queue());
        second.expectNothing();
        scene.kill(client);
        second.expect("MESSAGE⏎⏎x");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_ack_6_clientCoversAllEarlierOnes(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2", "3", "4", "5");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3", "4", "5");
        client.send(scene.ack(messages.get(2))).sync();
        scene.kill(client);
        scene.expectLeft(scene.queue(), "4", "5");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_ack_7_clientIndividualCoversOne(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "1", "2", "3", "4", "5");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3", "4", "5");
        client.send(scene.ack(messages.get(2))).sync();
        scene.kill(client);
        scene.expectLeft(scene.queue(), "1", "2", "4", "5");
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("SX-ACK-6")
    void s11_ack_8_cumulationDoesNotCrossSubscriptions(Scene scene) {
        StompPeer client = scene.client()
                .subscribeAs("s1", scene.queue(1), "ack:client")
                .subscribeAs("s2", scene.queue(2), "ack:client");
        List<PeerFrame> received = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            scene.publish(scene.queue(1), "one-" + i);
            scene.publish(scene.queue(2), "two-" + i);
            for (int j = 0; j < 2; j++) {
                received.add(client.expect("MESSAGE"));
            }
        }
        PeerFrame last = received.stream()
                .filter(message -> message.text().equals("one-3"))
                .findFirst()
                .orElseThrow();
        client.send(scene.ack(last)).sync();
        scene.kill(client);
        scene.expectLeft(scene.queue(1));
        scene.expectLeft(scene.queue(2), "two-1", "two-2", "two-3");
    }

    @Requirement
    void s10_ack_9_transactionPutsItIntoThatTransaction(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        client.send("BEGIN⏎transaction:t⏎⏎␀" + scene.ack(message, "transaction:t"))
                .sync();
        scene.kill(client);
        scene.expectLeft(scene.queue(), "x");
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("S11-NACK-2")
    void s11_nack_1_takesTheHeadersOfAck(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        client.confirmed(Scene.settleHead("NACK", message, scene.version), ""); // what follows is SX-NACK-1
        scene.refused("NACK⏎⏎␀");
        scene.refused("NACK⏎subscription:s1⏎⏎␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_nack_3_clientCoversEarlierOnesNotYetSettled(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2", "3", "4", "5");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3", "4", "5");
        StompPeer second = scene.watcher(scene.queue());
        client.send(scene.ack(messages.get(0)) + scene.nack(messages.get(2))).sync();
        List<String> nacked = new ArrayList<>();
        nacked.add(second.expect("MESSAGE").text());
        nacked.add(second.expect("MESSAGE").text());
        assertThat(nacked).containsExactly("2", "3");
        second.expectNothing(); // 4 and 5 are outstanding
        scene.kill(client);
        Scene.receive(second, "4", "5");
        second.expectNothing();
    }

    @Requirement(versions = "1.0")
    void s10_nack_4_doesNotExistIn10(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        scene.refused(client, "NACK⏎message-id:" + message.value("message-id") + "⏎subscription:s1⏎⏎␀");
    }
}
