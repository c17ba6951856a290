/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C5: subscriptions. */
@DisplayName("C5 Subscriptions")
class C5SubscriptionsTest {

    @Requirement(versions = "1.0")
    void sx_sub_1_withoutAnIdMessagesHaveNoSubscription(Scene scene) {
        StompPeer client = scene.client().confirmed("SUBSCRIBE⏎destination:{Q1}⏎", "");
        scene.publish(scene.queue(), "x");
        assertThat(client.expect("MESSAGE⏎⏎x").has("subscription")).isFalse();
        scene.refused(client, "SUBSCRIBE⏎destination:{Q1}⏎⏎␀");
    }

    @Requirement
    void sx_sub_2_aDuplicateIdIsAnError(Scene scene) {
        for (String second : List.of("{T1}", "{T2}")) {
            StompPeer client = scene.client().subscribeAs("1", scene.topic());
            scene.refused(client, "SUBSCRIBE⏎id:1⏎destination:" + second + "⏎⏎␀");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_sub_3_noIdIsAnError(Scene scene) {
        scene.refused("SUBSCRIBE⏎destination:{T1}⏎⏎␀");
    }

    @Requirement
    void sx_sub_4_unknownAckValuesAreErrors(Scene scene) {
        for (String ack : List.of("Client", "foo", "")) {
            scene.refused("SUBSCRIBE⏎id:1⏎destination:{Q1}⏎ack:" + ack + "⏎⏎␀");
        }
    }

    @Requirement(versions = "1.0")
    void sx_sub_4_clientIndividualIsAcceptedIn10(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "1", "2", "3", "4", "5");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3", "4", "5");
        client.send(scene.ack(messages.get(2))).sync();
        scene.kill(client);
        scene.expectLeft(scene.queue(), "1", "2", "4", "5");
    }

    @Requirement(versions = "1.0")
    void sx_sub_5_clientIsCumulativeIn10(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2", "3");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3");
        client.send(scene.ack(messages.get(2))).sync();
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement
    void sx_sub_6_theReceiptPrecedesTheFirstMessage(Scene scene) {
        Load load = Load.on(scene, scene.topic());
        try {
            StompPeer client = scene.client();
            for (int i = 0; i < 20; i++) {
                client.send("SUBSCRIBE⏎id:" + i + "⏎destination:{T1}⏎receipt:r" + i + "⏎⏎␀");
                String id = String.valueOf(i);
                while (true) {
                    PeerFrame frame = client.next();
                    if (frame.command().equals("RECEIPT")) {
                        break;
                    }
                    assertThat(frame.value("subscription")).isNotEqualTo(id);
                }
            }
        } finally {
            load.stop();
        }
    }

    @Requirement(versions = "1.2")
    void sx_sub_6_whatIsSentAfterTheReceiptIsDelivered(Scene scene) {
        StompPeer publisher = scene.client();
        StompPeer client = scene.client();
        for (int i = 0; i < 1_000; i++) {
            String topic = scene.topic() + "/" + i;
            client.subscribeAs(String.valueOf(i), topic);
            publisher.send("SEND⏎destination:" + topic + "⏎⏎" + i + "␀");
            client.expect("MESSAGE⏎subscription:" + i + "⏎⏎" + i);
            client.send("UNSUBSCRIBE⏎id:" + i + "⏎⏎␀");
        }
    }

    @Requirement(setup = Setup.RULES)
    void sx_sub_7_anUnknownDestinationThatMayNotBeMade(Scene scene) {
        scene.refused("SUBSCRIBE⏎id:1⏎destination:/queue/none/" + scene.name() + "⏎⏎␀");
        scene.client().subscribe(scene.queue());
    }

    @Requirement
    @Tag("S12-UNS-3")
    void sx_uns_1_unknownIdIsIgnored(Scene scene) {
        StompPeer client = scene.client();
        client.send("UNSUBSCRIBE⏎id:nope⏎receipt:r⏎⏎␀").expect("RECEIPT", "receipt-id:r");
        client.sync();
    }

    @Requirement(setup = Setup.STRICT)
    void sx_uns_1_unknownIdIsAnErrorWhereStrict(Scene scene) {
        scene.refused("UNSUBSCRIBE⏎id:nope⏎receipt:r⏎⏎␀");
    }

    @Requirement(versions = "1.0")
    void sx_uns_2_byDestination(Scene scene) {
        // The one without id on exactly that string.
        StompPeer client = scene.client().subscribeAs("a", scene.topic(1));
        client.confirmed("SUBSCRIBE⏎destination:{T1}⏎", "");
        client.confirmed("UNSUBSCRIBE⏎destination:{T1}⏎", "");
        scene.publish(scene.topic(1), "1");
        client.expect("MESSAGE⏎subscription:a⏎⏎1");
        client.expectNothing();
        // Else the only one with that destination.
        client.confirmed("UNSUBSCRIBE⏎destination:{T1}⏎", "");
        scene.publish(scene.topic(1), "2");
        client.expectNothing();
        // If id is there, it decides.
        client.subscribeAs("b", scene.topic(1)).subscribeAs("c", scene.topic(2));
        client.confirmed("UNSUBSCRIBE⏎id:c⏎destination:{T1}⏎", "");
        scene.publish(scene.topic(1), "3");
        scene.publish(scene.topic(2), "3");
        client.expect("MESSAGE⏎subscription:b⏎⏎3");
        client.expectNothing();
        // Else ERROR.
        client.subscribeAs("d", scene.topic(1));
        scene.refused(client, "UNSUBSCRIBE⏎destination:{T1}⏎⏎␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_uns_2_notByDestinationFrom11On(Scene scene) {
        StompPeer client = scene.watcher(scene.topic());
        scene.refused(client, "UNSUBSCRIBE⏎destination:{T1}⏎⏎␀");
    }

    @Requirement
    void sx_uns_3_unacknowledgedMessagesAreReleased(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2", "3");
        List<PeerFrame> messages = Scene.receive(client, "1", "2", "3");
        scene.publish(scene.queue(), "4");
        PeerFrame fourth = client.expect("MESSAGE⏎⏎4");
        assertThat(fourth.has("redelivered")).isFalse();
        client.confirmed("UNSUBSCRIBE⏎id:s1⏎", "");
        scene.publish(scene.queue(), "5");
        StompPeer watcher = scene.watcher(scene.queue(), "ack:client");
        for (String body : List.of("1", "2", "3", "4")) {
            watcher.expect("MESSAGE⏎redelivered:true⏎⏎" + body);
        }
        assertThat(watcher.expect("MESSAGE⏎⏎5").has("redelivered")).isFalse();
        client.send(scene.ack(messages.get(0))).sync(); // too late, no effect
        scene.kill(watcher);
        scene.expectLeft(scene.queue(), "1", "2", "3", "4", "5");
    }

    @Requirement
    void sx_uns_4_soAreThoseOfALostConnection(Scene scene) {
        List<java.util.function.Consumer<StompPeer>> ends = new ArrayList<>();
        ends.add(StompPeer::reset);
        ends.add(client -> client.send("DISCONNECT⏎⏎␀"));
        ends.add(StompPeer::finish); // for WebSocket the Close frame
        ends.add(StompPeer::close);
        for (java.util.function.Consumer<StompPeer> end : ends) {
            StompPeer client = scene.watcher(scene.queue(), "ack:client");
            scene.publish(scene.queue(), "1", "2");
            Scene.receive(client, "1", "2");
            StompPeer watcher = scene.watcher(scene.queue());
            long start = System.nanoTime();
            end.accept(client);
            Scene.receive(watcher, "1", "2");
            assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(1_000 + Jitter.millis());
            scene.kill(watcher);
        }
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.HEART_BEAT_0_500)
    void sx_uns_4_andThoseOfAConnectionWithoutHeartBeats(Scene scene) {
        StompPeer client = scene.fresh();
        client.open(scene.version, "heart-beat:500,0");
        client.subscribe(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2");
        Scene.receive(client, "1", "2");
        StompPeer watcher = scene.watcher(scene.queue());
        long start = System.nanoTime();
        Scene.receive(watcher, "1", "2");
        assertThat(Beats.millis(System.nanoTime() - start)).isLessThan(2_100 + 1_000 + Jitter.millis());
        assertThat(client.readUntilEnd(Duration.ofSeconds(1))).isTrue();
    }
}
