/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A12, A13 and A14: SEND, SUBSCRIBE, UNSUBSCRIBE. */
@DisplayName("A12-A14 SEND, SUBSCRIBE, UNSUBSCRIBE")
class A12SendAndSubscribeTest {

    @Requirement
    void s10_send_1_aDestinationIsRequired(Scene scene) {
        assertThat(scene.refused("SEND⏎⏎x␀").toString()).contains("destination");
    }

    @Requirement(setup = Setup.RULES)
    void s11_send_2_aForbiddenDestinationIsAnError(Scene scene) {
        scene.refused("SEND⏎destination:/queue/forbidden⏎⏎x␀");
    }

    @Requirement(setup = Setup.RULES)
    void s11_send_2_aFullQueueThatRejectsIsAnError(Scene scene) {
        String queue = "/queue/small/" + scene.name();
        scene.client().confirmed("SEND⏎destination:" + queue + "⏎", "first");
        scene.refused("SEND⏎destination:" + queue + "⏎⏎second␀");
        scene.expectLeft(queue, "first");
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("S11-MSG-6")
    void s11_send_3_userHeadersPassThroughInTheirOrder(Scene scene) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("user-").append(i * 7 % 20).append(":value ").append(i).append('\n');
        }
        PeerFrame message = scene.relay("SEND\ndestination:{D1}\n" + lines + "⏎x␀");
        List<String> users = message.headerLines().stream()
                .filter(line -> line.startsWith("user-"))
                .toList();
        assertThat(users).containsExactly(lines.toString().split("\n"));
    }

    @Requirement
    @Tag("S10-TX-2")
    void s10_send_4_transactionPutsItIntoThatTransaction(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t⏎⏎␀SEND⏎destination:{D1}⏎transaction:t⏎⏎x␀")
                .sync();
        watcher.expectNothing();
        client.send("COMMIT⏎transaction:t⏎⏎␀");
        watcher.expect("MESSAGE⏎⏎x");
    }

    @Requirement
    void s10_send_5_aDestinationIsAnOpaqueString(Scene scene) {
        String prefix = scene.queue(0);
        String colon = scene.isVersion("1.0") ? ":" : "\\c";
        int rest = 1_000 - prefix.length();
        for (String end : List.of("a b", "💬", colon, "x".repeat(rest))) {
            StompPeer watcher = scene.watcher(prefix + end);
            scene.client().send("SEND⏎destination:" + prefix + end + "⏎⏎" + "x␀");
            watcher.expect("MESSAGE", "destination:" + prefix + end);
        }
    }

    @Requirement
    void s10_sub_1_aDestinationIsRequired(Scene scene) {
        scene.refused("SUBSCRIBE⏎id:1⏎⏎␀");
    }

    @Requirement(versions = "1.0")
    void s10_sub_2_theIdIsOptionalIn10(Scene scene) {
        StompPeer with = scene.client().confirmed("SUBSCRIBE⏎id:mine⏎destination:{T1}⏎", "");
        StompPeer without = scene.client().confirmed("SUBSCRIBE⏎destination:{T1}⏎", "");
        scene.publish(scene.topic(), "x");
        with.expect("MESSAGE", "subscription:mine");
        without.expect("MESSAGE"); // whether it names a subscription: SX-SUB-1
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("SX-SUB-3")
    void s11_sub_3_theIdIsRequired(Scene scene) {
        scene.refused("SUBSCRIBE⏎destination:{D1}⏎⏎␀");
    }

    @Requirement
    void s12_sub_4_otherConnectionsMayUseTheSameId(Scene scene) {
        StompPeer one = scene.client().subscribeAs("same", scene.topic());
        StompPeer two = scene.client().subscribeAs("same", scene.topic());
        scene.publish(scene.topic(), "x");
        one.expect("MESSAGE", "subscription:same");
        two.expect("MESSAGE", "subscription:same");
    }

    @Requirement
    @Tag("SX-SUB-2")
    void s12_sub_4_idsAreUniqueWithinAConnection(Scene scene) {
        StompPeer client = scene.client().subscribeAs("same", scene.topic());
        scene.refused(client, "SUBSCRIBE⏎id:same⏎destination:{T1}⏎⏎␀");
    }

    @Requirement(setup = Setup.RULES)
    void s11_sub_5_aForbiddenDestinationIsAnError(Scene scene) {
        scene.refused("SUBSCRIBE⏎id:1⏎destination:/topic/forbidden⏎⏎␀");
    }

    @Requirement
    void s11_sub_5_aBrokenSelectorIsAnError(Scene scene) {
        scene.refused("SUBSCRIBE⏎id:1⏎destination:{T1}⏎selector:colour = = 'red'⏎⏎␀");
    }

    @Requirement
    @Tag("S10-SUB-12")
    void s10_sub_6_ackDefaultsToAuto(Scene scene) {
        StompPeer client = scene.watcher(scene.queue());
        scene.publish(scene.queue(), "x");
        assertThat(client.expect("MESSAGE").has("ack")).isFalse();
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = "1.0")
    void s10_sub_7_autoAndClient(Scene scene) {
        checkAckModes(scene, List.of("auto", "client"));
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("S10-SUB-7")
    @Tag("S12-MSG-5")
    void s11_sub_8_autoClientAndClientIndividual(Scene scene) {
        checkAckModes(scene, List.of("auto", "client", "client-individual"));
    }

    private static void checkAckModes(Scene scene, List<String> modes) {
        for (String mode : modes) {
            StompPeer client = scene.watcher(scene.queue(), "ack:" + mode);
            scene.publish(scene.queue(), mode);
            PeerFrame message = client.expect("MESSAGE⏎⏎" + mode);
            boolean acknowledged = !mode.equals("auto");
            assertThat(message.has("ack")).as(mode).isEqualTo(acknowledged && scene.isVersion("1.2"));
            scene.kill(client);
            scene.expectLeft(scene.queue(), acknowledged ? new String[] {mode} : new String[0]);
        }
    }

    @Requirement
    void s10_sub_9_aSelectorFiltersOnHeaders(Scene scene) {
        StompPeer client = scene.watcher(scene.topic(), "selector:colour = 'red'");
        scene.client()
                .send("SEND⏎destination:{T1}⏎colour:blue⏎⏎b␀SEND⏎destination:{T1}⏎colour:red⏎⏎r␀"
                        + "SEND⏎destination:{T1}⏎⏎n␀")
                .sync();
        client.expect("MESSAGE⏎colour:red⏎⏎r");
        client.expectNothing();
    }

    @Requirement
    void s10_sub_10_eachSubscriptionGetsItsOwnCopy(Scene scene) {
        StompPeer client = scene.client().subscribeAs("a", scene.topic()).subscribeAs("b", scene.topic());
        scene.publish(scene.topic(), "x");
        List<String> subscriptions = List.of(
                client.expect("MESSAGE").value("subscription"),
                client.expect("MESSAGE").value("subscription"));
        assertThat(subscriptions).containsExactlyInAnyOrder("a", "b");
        client.expectNothing();
    }

    @Requirement
    void s11_sub_11_unknownHeadersAreIgnored(Scene scene) {
        scene.client()
                .send("SUBSCRIBE⏎id:1⏎destination:{T1}⏎x-unheard-of:1⏎receipt:r⏎⏎␀")
                .expect("RECEIPT", "receipt-id:r");
    }

    @Requirement
    void s10_sub_12_autoConsumesWhatWasSent(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:auto");
        scene.publish(scene.queue(), "x");
        client.expect("MESSAGE⏎⏎x");
        scene.kill(client);
        scene.expectLeft(scene.queue());
    }

    @Requirement(versions = "1.0")
    @Tag("SX-UNS-2")
    void s10_uns_1_byIdOrByDestination(Scene scene) {
        StompPeer client = scene.client().subscribeAs("a", scene.topic());
        client.confirmed("UNSUBSCRIBE⏎id:a⏎", "");
        client.confirmed("SUBSCRIBE⏎destination:{T2}⏎", "");
        client.confirmed("UNSUBSCRIBE⏎destination:{T2}⏎", "");
        scene.publish(scene.topic(1), "x");
        scene.publish(scene.topic(2), "x");
        client.expectNothing();
        scene.refused("UNSUBSCRIBE⏎⏎␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_uns_2_theIdIsRequired(Scene scene) {
        scene.refused("UNSUBSCRIBE⏎⏎␀");
    }

    @Requirement
    @Tag("S12-UNS-3")
    void s10_uns_4_nothingFollowsTheEndOfASubscription(Scene scene) {
        StompPeer client = scene.client().subscribeAs("a", scene.topic());
        Load load = Load.on(scene, scene.topic());
        try {
            client.expect("MESSAGE");
            client.send("UNSUBSCRIBE⏎id:a⏎receipt:gone⏎⏎␀");
            while (!client.next().command().equals("RECEIPT")) {
                assertThat(client.hasEnded()).isFalse();
            }
            client.expectSilence(Duration.ofMillis(300));
        } finally {
            load.stop();
        }
    }

    @Requirement
    void s12_uns_5_onlyThatSubscriptionEnds(Scene scene) {
        StompPeer client = scene.client().subscribeAs("a", scene.topic()).subscribeAs("b", scene.topic());
        client.confirmed("UNSUBSCRIBE⏎id:a⏎", "");
        scene.publish(scene.topic(), "x");
        client.expect("MESSAGE", "subscription:b");
        client.expectNothing();
    }
}
