/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A1: what a frame is. */
@DisplayName("A1 Frames")
class A01FramesTest {

    @Requirement
    void s10_gram_1_commandHeadersEmptyLineBodyNul(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎⏎x␀").text()).isEqualTo("x");
    }

    @Requirement(versions = "1.0")
    void s10_gram_1_aFrameMayHaveNoHeaders(Scene scene) {
        scene.fresh().send("CONNECT⏎{credentials}⏎␀").expect("CONNECTED");
    }

    @Requirement
    void s10_gram_2_lineEndsBetweenFramesBelongToNone(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send("⏎⏎SEND⏎destination:{D1}⏎⏎a␀⏎⏎⏎SEND⏎destination:{D1}⏎⏎b␀⏎");
        Scene.receive(watcher, "a", "b");
    }

    @Requirement
    void s10_gram_3_segmentBordersMeanNothing(Scene scene) {
        StringBuilder session = new StringBuilder("SUBSCRIBE⏎id:s⏎destination:{T1}⏎receipt:subscribed⏎⏎␀");
        for (int i = 0; i < 99; i++) {
            session.append("SEND⏎destination:{T1}⏎foo:")
                    .append(i)
                    .append("⏎receipt:r")
                    .append(i)
                    .append("⏎⏎body ")
                    .append(i)
                    .append('␀');
        }
        List<String> atOnce = played(scene.client().send(session.toString()));
        List<String> octetByOctet = played(scene.client().sendByOctets(session.toString()));
        assertThat(atOnce).hasSize(1 + 99 + 99);
        assertThat(octetByOctet).isEqualTo(atOnce);
    }

    /** What came, MESSAGEs and RECEIPTs each in their order. */
    private static List<String> played(StompPeer peer) {
        List<String> messages = new ArrayList<>();
        List<String> receipts = new ArrayList<>();
        while (messages.size() + receipts.size() < 1 + 99 + 99) {
            PeerFrame frame = peer.next();
            if (frame.command().equals("MESSAGE")) {
                messages.add(frame.header("foo") + " " + frame.text());
            } else {
                receipts.add(frame.command() + " " + frame.header("receipt-id"));
            }
        }
        peer.send("DISCONNECT⏎⏎␀").expectClosed();
        messages.addAll(receipts);
        return messages;
    }

    @Requirement
    void s10_gram_4_aHeaderLineHasAColonAndAName(Scene scene) {
        scene.fatal("bad-header", "SEND⏎destination:{D1}⏎novalue⏎⏎x␀");
        scene.fatal("empty-header-name", "SEND⏎destination:{D1}⏎:v⏎⏎x␀");
    }

    @Requirement
    void s10_gram_4_theFirstColonSeparates(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎foo:bar⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("bar");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_gram_5_aValueMayBeEmpty(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:⏎⏎␀").value("foo")).isEmpty();
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_gram_6_commandsAndNamesAreCaseSensitive(Scene scene) {
        scene.fatal("unknown-command", "send⏎destination:{D1}⏎⏎␀");
        scene.refused("SEND⏎Destination:{D1}⏎⏎␀");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_gram_7_aColonInAValueIsWrittenEscaped(Scene scene) {
        assertThat(scene.relay("1.0", scene.version, "SEND⏎destination:{D1}⏎foo:a:b⏎⏎x␀")
                        .value("foo"))
                .isEqualTo("a\\cb");
    }

    @Requirement(versions = "1.0")
    void s10_gram_8_theCommandsOfClients(Scene scene) {
        StompPeer client = scene.client();
        StompPeer publisher = scene.client();
        client.confirmed("SUBSCRIBE⏎id:1⏎destination:{Q1}⏎ack:client⏎", "");
        publisher.confirmed("SEND⏎destination:{Q1}⏎", "x");
        PeerFrame message = client.expect("MESSAGE");
        client.confirmed("BEGIN⏎transaction:t⏎", "");
        client.confirmed("COMMIT⏎transaction:t⏎", "");
        client.confirmed("BEGIN⏎transaction:t⏎", "");
        client.confirmed("ABORT⏎transaction:t⏎", "");
        client.confirmed("ACK⏎message-id:" + message.value("message-id") + "⏎subscription:1⏎", "");
        client.confirmed("UNSUBSCRIBE⏎id:1⏎", "");
        client.confirmed("DISCONNECT⏎", "");
        client.expectClosed();
    }

    @Requirement
    void s11_gram_9_commandsOfServersAreNoneOfClients(Scene scene) {
        for (String command : List.of("MESSAGE", "CONNECTED", "RECEIPT", "ERROR")) {
            scene.fatal("unexpected-command", command + "⏎destination:{D1}⏎⏎␀");
        }
    }

    @Requirement(versions = {"1.1", "1.2"})
    @Tag("S11-NACK-1")
    void s11_gram_9_nackIsACommandFrom11On(Scene scene) {
        StompPeer client = scene.client().subscribe(scene.queue(), "ack:client-individual");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        client.confirmed(Scene.settleHead("NACK", message, scene.version), "");
    }
}
