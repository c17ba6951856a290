/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C8: transactions. */
@DisplayName("C8 Transactions")
class C8TransactionsTest {
    private static final String BEGIN = "BEGIN⏎transaction:t⏎⏎␀";

    @Requirement
    void sx_tx_1_anUnknownIdIsAnError(Scene scene) {
        scene.refused("SEND⏎destination:{D1}⏎transaction:nope⏎⏎x␀");
        scene.refused("COMMIT⏎transaction:nope⏎⏎␀");
        scene.refused("ABORT⏎transaction:nope⏎⏎␀");
        List<String> settles = scene.isVersion("1.0") ? List.of("ACK") : List.of("ACK", "NACK");
        for (String command : settles) {
            StompPeer client = scene.watcher(scene.queue(), "ack:client");
            scene.publish(scene.queue(), command);
            PeerFrame message = client.expect("MESSAGE⏎⏎" + command);
            scene.refused(client, Scene.settleHead(command, message, scene.version) + "transaction:nope⏎⏎␀");
            scene.expectLeft(scene.queue(), command);
        }
        scene.expectLeft(scene.queue(0));
    }

    @Requirement
    void sx_tx_2_beginOfAnOpenIdIsAnError(Scene scene) {
        scene.refused(BEGIN + BEGIN);
        for (String end : List.of("COMMIT", "ABORT")) {
            scene.client().send(BEGIN + end + "⏎transaction:t⏎⏎␀" + BEGIN).sync();
        }
    }

    @Requirement
    void sx_tx_3_aReceiptInsideATransactionComesAtOnce(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        StompPeer client = scene.client();
        client.send(BEGIN + "SEND⏎destination:{D1}⏎transaction:t⏎receipt:r1⏎⏎x␀")
                .expect("RECEIPT", "receipt-id:r1");
        watcher.expectNothing();
        client.send("COMMIT⏎transaction:t⏎receipt:r2⏎⏎␀").expect("RECEIPT", "receipt-id:r2");
        watcher.expect("MESSAGE⏎⏎x");
    }

    @Requirement(setup = Setup.RULES)
    void sx_tx_4_checksAreMadeWhenTheFrameComes(Scene scene) {
        scene.refused(BEGIN + "SEND⏎destination:/queue/forbidden⏎transaction:t⏎⏎x␀");
        scene.refused(BEGIN + "SEND⏎destination:/queue/none/a⏎transaction:t⏎⏎x␀");
    }

    @Requirement
    void sx_tx_5_aCumulativeAckCoversWhatCameBeforeIt(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client");
        scene.publish(scene.queue(), "1", "2");
        List<PeerFrame> messages = Scene.receive(client, "1", "2");
        client.send(BEGIN + scene.ack(messages.get(1), "transaction:t")).sync();
        scene.publish(scene.queue(), "3");
        client.expect("MESSAGE⏎⏎3");
        client.confirmed("COMMIT⏎transaction:t⏎", "");
        scene.kill(client);
        scene.expectLeft(scene.queue(), "3");
    }

    @Requirement
    void sx_tx_6_ackedInAnOpenTransaction(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual", "prefetch-count:1");
        scene.publish(scene.queue(), "1", "2");
        PeerFrame first = client.expect("MESSAGE⏎⏎1");
        client.expectNothing();
        client.send(BEGIN + scene.ack(first, "transaction:t"));
        client.expect("MESSAGE⏎⏎2"); // counts no more against prefetch
        client.send("ABORT⏎transaction:t⏎⏎␀");
        client.expectNothing(); // it is not sent again
        client.confirmed(Scene.settleHead("ACK", first, scene.version), "");
        scene.kill(client);
        scene.expectLeft(scene.queue(), "2");
    }

    @Requirement
    void sx_tx_6_itIsNotDeliveredElsewhere(Scene scene) {
        StompPeer client = scene.watcher(scene.queue(), "ack:client-individual", "prefetch-count:1");
        scene.publish(scene.queue(), "1");
        PeerFrame first = client.expect("MESSAGE⏎⏎1");
        client.send(BEGIN + scene.ack(first, "transaction:t")).sync();
        StompPeer other = scene.watcher(scene.queue());
        other.expectNothing();
        client.confirmed("COMMIT⏎transaction:t⏎", "");
        scene.kill(client);
        other.expectNothing();
    }

    @Requirement
    @Tag("S10-HDR-2")
    void sx_tx_7_transactionOnOtherFramesIsIgnored(Scene scene) {
        StompPeer client = scene.client();
        client.send("SUBSCRIBE⏎id:1⏎destination:{T1}⏎transaction:nope⏎receipt:r⏎⏎␀")
                .expect("RECEIPT", "receipt-id:r");
        client.send("UNSUBSCRIBE⏎id:1⏎transaction:nope⏎receipt:r⏎⏎␀").expect("RECEIPT", "receipt-id:r");
        client.send("DISCONNECT⏎transaction:nope⏎receipt:r⏎⏎␀").expect("RECEIPT", "receipt-id:r");
    }
}
