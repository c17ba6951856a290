/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A16: transactions. */
@DisplayName("A16 Transactions")
class A16TransactionsTest {
    private static final String BEGIN = "BEGIN⏎transaction:t⏎⏎␀";
    private static final String COMMIT = "COMMIT⏎transaction:t⏎⏎␀";
    private static final String ABORT = "ABORT⏎transaction:t⏎⏎␀";

    private static String send(String body) {
        return "SEND⏎destination:{D1}⏎transaction:t⏎⏎" + body + "␀";
    }

    @Requirement
    void s10_tx_1_beginCommitAndAbortNeedAnId(Scene scene) {
        for (String command : List.of("BEGIN", "COMMIT", "ABORT")) {
            assertThat(scene.refused(command + "⏎⏎␀").toString()).contains("transaction");
        }
    }

    @Requirement
    @Tag("S10-SEND-4")
    void s10_tx_2_sendsTakeEffectTogetherAtCommit(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send(BEGIN + send("1") + send("2") + send("3")).sync();
        watcher.expectNothing();
        client.send(COMMIT);
        Scene.receive(watcher, "1", "2", "3");
    }

    @Requirement
    @Tag("S10-ACK-9")
    void s10_tx_2_acksTakeEffectAtCommit(Scene scene) {
        for (boolean commit : new boolean[] {false, true}) {
            StompPeer client = scene.watcher(scene.queue(), "ack:client");
            scene.publish(scene.queue(), "x" + commit);
            PeerFrame message = client.expect("MESSAGE⏎⏎x" + commit);
            client.send(BEGIN + scene.ack(message, "transaction:t") + (commit ? COMMIT : ""))
                    .sync();
            scene.kill(client);
            scene.expectLeft(scene.queue(), commit ? new String[0] : new String[] {"xfalse"});
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s10_tx_2_nacksTakeEffectAtCommit(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        StompPeer second = scene.watcher(scene.queue());
        client.send(BEGIN + scene.nack(message, "transaction:t")).sync();
        second.expectNothing();
        client.send(COMMIT);
        second.expect("MESSAGE⏎⏎x");
    }

    @Requirement
    void s10_tx_3_afterAbortNoneOfItHasHappened(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.watcher(scene.queue(1), "ack:client");
        scene.publish(scene.queue(1), "acknowledged");
        PeerFrame message = client.expect("MESSAGE");
        client.send(BEGIN + send("1") + scene.ack(message, "transaction:t") + send("2") + ABORT)
                .sync();
        watcher.expectNothing();
        scene.kill(client);
        scene.expectLeft(scene.queue(1), "acknowledged");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_tx_4_disconnectAborts(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send(BEGIN + send("x") + "DISCONNECT⏎⏎␀").expectClosed();
        watcher.expectNothing();
        watcher.expectSilence(Duration.ofMillis(300));
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_tx_4_aLostConnectionAborts(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send(BEGIN + send("x")).sync();
        scene.kill(client);
        watcher.expectNothing();
        watcher.expectSilence(Duration.ofMillis(300));
    }

    @Requirement
    void s12_tx_5_otherConnectionsMayUseTheSameId(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer one = scene.client().send(BEGIN + send("one")).sync();
        StompPeer two = scene.client().send(BEGIN + send("two")).sync();
        one.send(COMMIT).sync();
        watcher.expect("MESSAGE⏎⏎one");
        two.sync();
        watcher.expectNothing();
    }

    @Requirement
    void s10_tx_6_severalMayBeOpenAtOnce(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send("BEGIN⏎transaction:t1⏎⏎␀BEGIN⏎transaction:t2⏎⏎␀");
        for (int i = 1; i <= 3; i++) {
            client.send("SEND⏎destination:{D1}⏎transaction:t1⏎⏎t1-" + i + "␀");
            client.send("SEND⏎destination:{D1}⏎transaction:t2⏎⏎t2-" + i + "␀");
            client.send("SEND⏎destination:{D1}⏎⏎none-" + i + "␀");
        }
        Scene.receive(watcher, "none-1", "none-2", "none-3");
        client.send("COMMIT⏎transaction:t2⏎⏎␀ABORT⏎transaction:t1⏎⏎␀").sync();
        Scene.receive(watcher, "t2-1", "t2-2", "t2-3");
        watcher.expectNothing();
    }

    @Requirement(
            versions = {"1.1", "1.2"},
            setup = Setup.RULES)
    @Tag("SX-TX-4")
    void s11_tx_7_aFailureDuringCommitLeavesNothingOfIt(Scene scene) {
        String small = "/queue/small/" + scene.name();
        StompPeer watcher = scene.watcher(scene.queue(2));
        StompPeer client = scene.client();
        scene.publish(small, "takes the only place");
        client.send(BEGIN + send("1"));
        client.send("SEND⏎destination:" + small + "⏎transaction:t⏎⏎has no place␀");
        client.send("SEND⏎destination:{Q2}⏎transaction:t⏎⏎3␀").sync();
        client.send("COMMIT⏎transaction:t⏎receipt:r2⏎⏎␀").expectError("receipt-id:r2");
        watcher.expectNothing();
        scene.expectLeft(scene.queue(0));
        scene.expectLeft(small, "takes the only place");
    }
}
