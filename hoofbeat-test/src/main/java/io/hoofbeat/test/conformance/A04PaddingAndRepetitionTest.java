/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

/** STOMP.md A4 and A5: blanks around headers, and headers that occur twice. */
@DisplayName("A4-A5 Padding and repeated headers")
class A04PaddingAndRepetitionTest {

    @Requirement(versions = {"1.1", "1.2"})
    void s11_pad_1_headersAreNeverTrimmed(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎ foo : bar ⏎⏎x␀").value(" foo "))
                .isEqualTo(" bar ");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_pad_2_theServerNeverPads(Scene scene) {
        StompPeer client = scene.client().subscribe(scene.queue());
        client.send("SEND⏎destination:{Q1}⏎foo:bar⏎receipt:r⏎⏎x␀");
        for (PeerFrame frame : List.of(client.next(), client.next())) {
            for (String line : frame.headerLines()) {
                assertThat(line.charAt(line.indexOf(':') + 1)).as(line).isNotEqualTo(' ');
                assertThat(line).doesNotStartWith(" ").doesNotEndWith(" ");
            }
        }
    }

    @Requirement(versions = "1.0")
    void s10_pad_3_valuesOf10MayFollowABlank(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination: {D1}⏎foo: bar⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("bar");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_rep_1_theFirstDestinationCounts(Scene scene) {
        StompPeer first = scene.watcher(scene.queue(1));
        StompPeer second = scene.watcher(scene.queue(2));
        scene.client().send("SEND⏎destination:{Q1}⏎destination:{Q2}⏎⏎x␀").sync();
        assertThat(first.expect("MESSAGE").text()).isEqualTo("x");
        second.expectNothing();
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_rep_1_theFirstContentLengthCounts(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎content-length:1⏎content-length:5⏎⏎x␀")
                        .text())
                .isEqualTo("x");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_rep_1_theFirstAckModeCounts(Scene scene) {
        StompPeer client =
                scene.client().confirmed("SUBSCRIBE⏎id:1⏎destination:{Q1}⏎ack:client-individual⏎ack:auto⏎", "");
        scene.publish(scene.queue(), "x");
        PeerFrame message = client.expect("MESSAGE");
        if (scene.isVersion("1.2")) {
            assertThat(message.has("ack")).isTrue();
        }
        scene.kill(client);
        scene.expectLeft(scene.queue(), "x"); // it was not acknowledged
    }

    @Requirement(versions = {"1.1", "1.2"})
    void s11_rep_1_theFirstReceiptCounts(Scene scene) {
        StompPeer client = scene.client();
        client.send("SEND⏎destination:{D1}⏎receipt:one⏎receipt:two⏎⏎x␀").expect("RECEIPT", "receipt-id:one");
        client.expectNothing();
    }

    @Requirement(versions = "1.2")
    void s12_rep_2_laterEntriesAreHistory(Scene scene) {
        assertThat(scene.relay("SEND⏎destination:{D1}⏎foo:1⏎foo:2⏎⏎x␀").value("foo"))
                .isEqualTo("1");
    }
}
