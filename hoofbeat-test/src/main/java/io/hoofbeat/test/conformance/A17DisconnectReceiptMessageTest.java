/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A17, A18 and A19: the end of a session, RECEIPT, MESSAGE. */
@DisplayName("A17-A19 DISCONNECT, RECEIPT, MESSAGE")
class A17DisconnectReceiptMessageTest {

    private static String sends(int from, int to) {
        StringBuilder frames = new StringBuilder();
        for (int i = from; i < to; i++) {
            frames.append("SEND⏎destination:{Q1}⏎⏎").append(i).append('␀');
        }
        return frames.toString();
    }

    /** All of them are in the first queue, in order. */
    private static void expectNumbers(Scene scene, int count) {
        StompPeer consumer = scene.client("1.2").subscribe(scene.queue());
        for (int i = 0; i < count; i++) {
            assertThat(consumer.expect("MESSAGE").text()).isEqualTo(String.valueOf(i));
        }
        consumer.expectNothing();
    }

    @Requirement
    void s10_disc_1_aGracefulEnd(Scene scene) {
        scene.client().send("DISCONNECT⏎⏎␀").expectClosed();
    }

    @Requirement
    void s11_disc_2_theReceiptIsTheLastFrame(Scene scene) {
        StompPeer client = scene.client();
        client.send(sends(0, 1_000) + "DISCONNECT⏎receipt:77⏎⏎␀");
        client.expect("RECEIPT", "receipt-id:77");
        client.expectClosed();
        expectNumbers(scene, 1_000);
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_disc_3_whatComesAfterItIsNotProcessed(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send("DISCONNECT⏎receipt:r⏎⏎␀SEND⏎destination:{D1}⏎⏎x␀").expect("RECEIPT");
        watcher.expectNothing();
        watcher.expectSilence(Duration.ofMillis(300));
    }

    @Requirement
    void s12_disc_4_theReceiptIsNotLostToAFastClose(Scene scene) {
        StompPeer client = scene.client();
        client.send(sends(0, 100) + "DISCONNECT⏎receipt:r⏎⏎␀");
        Sockets.pass(Duration.ofMillis(500));
        client.expect("RECEIPT", "receipt-id:r");
        client.expectClosed();
        assertThat(client.wasReset()).isFalse();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            notForSockJs = "its connections are free for other requests")
    @Tag("SX-LING-1")
    void s11_ling_1_aClosedConnectionLingersOnlyAShortTime(Scene scene) {
        StompPeer client = scene.client();
        client.send("DISCONNECT⏎⏎␀").expectClosed();
        Sockets.awaitReleased(client.remotePort(), client.localPort(), Duration.ofSeconds(3));
    }

    @Requirement
    void s10_rcpt_1_everyFrameMayAskForAReceipt(Scene scene) {
        StompPeer client = scene.client();
        client.confirmed("SEND⏎destination:{Q1}⏎", "1");
        client.confirmed("SEND⏎destination:{Q1}⏎", "2");
        client.confirmed("SUBSCRIBE⏎id:s⏎destination:{Q1}⏎ack:client-individual⏎", "");
        List<PeerFrame> messages = Scene.receive(client, "1", "2");
        client.confirmed(Scene.settleHead("ACK", messages.get(0), scene.version), "");
        if (!scene.isVersion("1.0")) {
            client.confirmed(Scene.settleHead("NACK", messages.get(1), scene.version) + "requeue:false⏎", "");
        }
        client.confirmed("UNSUBSCRIBE⏎id:s⏎", "");
        client.confirmed("BEGIN⏎transaction:t⏎", "");
        client.confirmed("COMMIT⏎transaction:t⏎", "");
        client.confirmed("BEGIN⏎transaction:t⏎", "");
        client.confirmed("ABORT⏎transaction:t⏎", "");
        client.confirmed("DISCONNECT⏎", "");
    }

    @Requirement
    void s10_rcpt_2_aReceiptHasNoBody(Scene scene) {
        PeerFrame receipt =
                scene.client().send("SEND⏎destination:{Q1}⏎receipt:r⏎⏎x␀").expect("RECEIPT");
        assertThat(receipt.body()).isEmpty();
        assertThat(receipt.has("content-length")).isFalse();
    }

    @Requirement
    void s10_rcpt_3_theValueIsReturnedAsItWas(Scene scene) {
        StompPeer client = scene.client();
        String value = scene.isVersion("1.0") ? "a:\\ b" : "a\\c b\\n";
        client.send("SEND⏎destination:{Q1}⏎receipt:" + value + "⏎⏎x␀").expect("RECEIPT", "receipt-id:" + value);
        client.send("SEND⏎destination:{Q1}⏎receipt:same⏎⏎x␀".repeat(2));
        client.expect("RECEIPT", "receipt-id:same");
        client.expect("RECEIPT", "receipt-id:same");
    }

    @Requirement
    void s11_rcpt_4_aFailedFrameGetsNone(Scene scene) {
        PeerFrame error = scene.refused("SEND⏎receipt:failed⏎⏎x␀");
        assertThat(error.value("receipt-id")).isEqualTo("failed");
    }

    @Requirement
    void s12_rcpt_5_allEarlierFramesWereReceived(Scene scene) {
        StompPeer client = scene.client();
        client.send(sends(0, 100)).send("SEND⏎destination:{Q1}⏎receipt:r⏎⏎100␀").expect("RECEIPT", "receipt-id:r");
        client.reset();
        expectNumbers(scene, 101);
    }

    @Requirement
    void s12_rcpt_6_framesGoOnBeingProcessedAfterAHalfClose(Scene scene) {
        scene.client().send(sends(0, 1_000)).finish();
        expectNumbers(scene, 1_000);
    }

    @Requirement
    void s12_rcpt_6_framesGoOnBeingProcessedAfterAClose(Scene scene) {
        StompPeer client = scene.client();
        client.send(sends(0, 1_000));
        Sockets.awaitTaken(client.localPort(), Duration.ofSeconds(5));
        client.close();
        expectNumbers(scene, 1_000);
    }

    @Requirement
    @Tag("S12-MSG-2")
    void s10_msg_1_theDestinationIsThatOfTheSend(Scene scene) {
        String base = scene.target.topicPrefix() + "m" + scene.name();
        StompPeer client = scene.watcher(base + ".*");
        scene.publish(base + ".b", "x");
        client.expect("MESSAGE", "destination:" + base + ".b");
    }

    @Requirement(versions = "1.2")
    void s10_msg_3_messageIdsAreUnique(Scene scene) {
        StompPeer client = scene.watcher(scene.queue());
        StompPeer publisher = scene.client();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i += 500) {
            publisher.send(sends(i, i + 500)).sync();
            for (int j = 0; j < 500; j++) {
                assertThat(ids.add(client.expect("MESSAGE").value("message-id")))
                        .isTrue();
            }
        }
        assertThat(ids).hasSize(10_000);
    }

    @Requirement
    void s11_msg_4_subscriptionIsTheIdOfTheSubscription(Scene scene) {
        String odd = scene.isVersion("1.0") ? "a:b" : "a\\cb";
        StompPeer client = scene.client().subscribeAs(odd, scene.topic(1)).subscribeAs("0", scene.topic(2));
        scene.publish(scene.topic(1), "1");
        client.expect("MESSAGE⏎subscription:" + odd + "⏎⏎1");
        scene.publish(scene.topic(2), "2");
        client.expect("MESSAGE⏎subscription:0⏎⏎2");
    }

    @Requirement
    void s12_msg_5_ackIsThereInTheClientModesOf12(Scene scene) {
        for (String mode : List.of("auto", "client", "client-individual")) {
            StompPeer client = scene.watcher(scene.queue(), "ack:" + mode);
            scene.publish(scene.queue(), mode);
            PeerFrame message = client.expect("MESSAGE⏎⏎" + mode);
            assertThat(message.has("ack")).as(mode).isEqualTo(scene.isVersion("1.2") && !mode.equals("auto"));
            client.send(message.has("ack") || !mode.equals("auto") ? scene.ack(message) : "⏎")
                    .sync();
            scene.kill(client);
        }
    }

    @Requirement
    void s10_msg_8_theBodyIsThatOfTheSend(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎⏎ body ⏎␀").text()).isEqualTo(" body \n");
    }
}
