/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md A20 and A21: ERROR, unknown commands, and which frame has which header. */
@DisplayName("A20-A21 ERROR and headers")
class A20ErrorsAndHeadersTest {

    @Requirement
    void s10_err_1_messageIsAShortText(Scene scene) {
        String message = scene.refused("SEND⏎⏎x␀").value("message");
        assertThat(message).isNotEmpty();
        assertThat(message.length()).isLessThanOrEqualTo(120);
    }

    @Requirement
    @Tag("SX-ERR-1")
    void s12_err_2_afterErrorComesTheEnd(Scene scene) {
        for (String script : List.of(
                "SEND⏎⏎x␀",
                "SUBSCRIBE⏎id:1⏎⏎␀",
                "ACK⏎⏎␀",
                "BEGIN⏎⏎␀",
                "COMMIT⏎transaction:unknown⏎⏎␀",
                "FOO⏎⏎␀",
                "SEND⏎destination:{D1}⏎novalue⏎⏎x␀")) {
            // Frames behind the bad one are not answered any more.
            StompPeer client = scene.client();
            client.send(script + "SEND⏎destination:{D1}⏎receipt:late⏎⏎x␀");
            client.expectError();
            client.expectClosed();
        }
        scene.expectLeft(scene.queue(0));
    }

    @Requirement
    void s11_err_3_receiptIdNamesTheFrame(Scene scene) {
        assertThat(scene.refused("SEND⏎receipt:r9⏎⏎␀").value("receipt-id")).isEqualTo("r9");
    }

    @Requirement
    void s11_err_4_failedCommandNamesTheCommand(Scene scene) {
        assertThat(scene.refused("SEND⏎receipt:r9⏎⏎␀").value("failed-command")).isEqualTo("SEND");
    }

    @Requirement
    void s11_err_5_aBodyHasLengthAndType(Scene scene) {
        for (String script : List.of("SEND⏎receipt:r9⏎⏎␀", "FOO⏎⏎␀", "SEND⏎destination:{D1}⏎novalue⏎⏎x␀")) {
            PeerFrame error = scene.refused(script);
            if (error.body().length > 0) {
                assertThat(error.value("content-length")).isEqualTo(String.valueOf(error.body().length));
                assertThat(error.value("content-type")).startsWith("text/");
            }
        }
    }

    @Requirement
    void s11_cmd_1_anUnknownCommandIsAnError(Scene scene) {
        scene.fatal("unknown-command", "FOO⏎⏎␀");
    }

    @Requirement
    void s12_hdr_1_unknownHeadersChangeNothing(Scene scene) {
        String odd = "x-odd:1⏎another one:two⏎";
        StompPeer client = scene.fresh();
        client.send("CONNECT⏎accept-version:{version}⏎host:{host}⏎{credentials}" + odd + "⏎␀");
        client.expect("CONNECTED");
        client.confirmed("SEND⏎destination:{Q1}⏎" + odd, "1");
        client.confirmed("SUBSCRIBE⏎id:s⏎destination:{Q1}⏎ack:client-individual⏎" + odd, "");
        PeerFrame message = client.expect("MESSAGE⏎⏎1");
        client.confirmed(Scene.settleHead("ACK", message, scene.version) + odd, "");
        if (!scene.isVersion("1.0")) {
            scene.publish(scene.queue(), "2");
            PeerFrame second = client.expect("MESSAGE⏎⏎2");
            client.confirmed(Scene.settleHead("NACK", second, scene.version) + "requeue:false⏎" + odd, "");
        }
        client.confirmed("UNSUBSCRIBE⏎id:s⏎" + odd, "");
        client.confirmed("BEGIN⏎transaction:t⏎" + odd, "");
        client.confirmed("COMMIT⏎transaction:t⏎" + odd, "");
        client.confirmed("BEGIN⏎transaction:t⏎" + odd, "");
        client.confirmed("ABORT⏎transaction:t⏎" + odd, "");
        client.confirmed("DISCONNECT⏎" + odd, "");
    }

    /** Each R of the table, left out: the frame without it, and the header that ERROR has to name. */
    @Requirement
    void s10_hdr_2_eachRequiredHeaderLeftOutIsAnErrorThatNamesIt(Scene scene) {
        boolean v10 = scene.isVersion("1.0");
        boolean v12 = scene.isVersion("1.2");
        List<Map.Entry<String, String>> rows = List.of(
                Map.entry("SEND⏎⏎x␀", "destination"),
                Map.entry("SUBSCRIBE⏎id:1⏎⏎␀", "destination"),
                Map.entry(v10 ? "SUBSCRIBE⏎⏎␀" : "SUBSCRIBE⏎destination:{Q1}⏎⏎␀", v10 ? "destination" : "id"),
                Map.entry("UNSUBSCRIBE⏎⏎␀", v10 ? "destination" : "id"),
                Map.entry("ACK⏎⏎␀", v12 ? "id" : "message-id"),
                Map.entry("BEGIN⏎⏎␀", "transaction"),
                Map.entry("COMMIT⏎⏎␀", "transaction"),
                Map.entry("ABORT⏎⏎␀", "transaction"));
        for (Map.Entry<String, String> row : rows) {
            assertThat(scene.refused(row.getKey()).toString())
                    .as(row.getKey())
                    .containsPattern("\\b" + row.getValue() + "\\b");
        }
        if (!v10) {
            assertThat(scene.refused("NACK⏎⏎␀").toString()).contains(v12 ? "id" : "message-id");
        }
    }

    /** Each "–" of the table, added: no effect. */
    @Requirement
    void s10_hdr_2_eachUndefinedHeaderHasNoEffect(Scene scene) {
        StompPeer client = scene.client();
        String all = "accept-version:1.0⏎host:x⏎login:x⏎passcode:x⏎heart-beat:bad⏎session:x⏎server:x⏎version:9⏎";
        client.confirmed("SEND⏎destination:{Q1}⏎id:1⏎message-id:9⏎subscription:s⏎ack:client⏎" + all, "1");
        client.confirmed(
                "SUBSCRIBE⏎id:s⏎destination:{Q1}⏎ack:client-individual⏎message-id:9⏎transaction:no⏎" + all, "");
        PeerFrame first = client.expect("MESSAGE⏎subscription:s⏎⏎1");
        String undefined = scene.isVersion("1.2")
                ? "message-id:nonsense⏎subscription:nonsense⏎"
                : scene.isVersion("1.1") ? "id:nonsense⏎" : "id:nonsense⏎subscription:s⏎";
        client.confirmed(Scene.settleHead("ACK", first, scene.version) + undefined + "destination:x⏎ack:x⏎" + all, "");
        client.confirmed("BEGIN⏎transaction:t⏎id:1⏎destination:x⏎" + all, "");
        client.confirmed("COMMIT⏎transaction:t⏎id:1⏎destination:x⏎" + all, "");
        client.confirmed("BEGIN⏎transaction:t⏎" + all, "");
        client.confirmed("ABORT⏎transaction:t⏎id:1⏎destination:x⏎" + all, "");
        client.confirmed("UNSUBSCRIBE⏎id:s⏎destination:/elsewhere⏎transaction:no⏎" + all, "");
        client.confirmed("DISCONNECT⏎id:s⏎destination:x⏎transaction:no⏎" + all, "");
        client.expectClosed(Duration.ofSeconds(5));
        scene.expectLeft(scene.queue());
    }

    /** The rows of the table that say what the server sends. */
    @Requirement
    void s10_hdr_2_whatTheServerHasToSend(Scene scene) {
        StompPeer client = scene.fresh();
        PeerFrame connected = client.open(scene.version, "heart-beat:0,0");
        List<String> required = scene.isVersion("1.0") ? List.of("session") : List.of("version");
        assertThat(connected.names()).containsAll(required);
        client.subscribe(scene.queue(), "ack:client");
        client.send("SEND⏎destination:{Q1}⏎receipt:r⏎⏎x␀");
        PeerFrame message = client.take(f -> f.command().equals("MESSAGE"), "MESSAGE");
        assertThat(message.names()).contains("destination", "message-id", "subscription");
        assertThat(message.has("ack")).isEqualTo(scene.isVersion("1.2"));
        PeerFrame receipt = client.take(f -> f.command().equals("RECEIPT"), "RECEIPT");
        assertThat(receipt.names()).contains("receipt-id");
        assertThat(scene.refused("SEND⏎receipt:r⏎⏎␀").names()).contains("message", "receipt-id");
    }
}
