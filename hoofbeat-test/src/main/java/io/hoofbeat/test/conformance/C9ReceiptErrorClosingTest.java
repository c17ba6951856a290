/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/** STOMP.md C9: RECEIPT, ERROR, closing. */
@DisplayName("C9 RECEIPT, ERROR, closing")
class C9ReceiptErrorClosingTest {

    @Requirement
    void sx_rcpt_1_receiptsComeInOrderForEachDestination(Scene scene) {
        StompPeer client = scene.client();
        String[] destinations = {scene.queue(1), scene.queue(2), scene.topic()};
        StringBuilder frames = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            frames.append("SEND⏎destination:")
                    .append(destinations[i % 3])
                    .append("⏎receipt:")
                    .append(i)
                    .append("⏎⏎")
                    .append(i)
                    .append('␀');
        }
        client.send(frames + "DISCONNECT⏎receipt:last⏎⏎␀");
        Map<Integer, Integer> latest = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            int receipt = Integer.parseInt(client.expect("RECEIPT").value("receipt-id"));
            assertThat(receipt).isGreaterThan(latest.getOrDefault(receipt % 3, -1));
            latest.put(receipt % 3, receipt);
        }
        client.expect("RECEIPT", "receipt-id:last");
        client.expectClosed();
    }

    @Requirement
    void sx_rcpt_2_noSubscriberIsNoError(Scene scene) {
        scene.client().send("SEND⏎destination:{T1}⏎receipt:r⏎⏎x␀").expect("RECEIPT", "receipt-id:r");
    }

    @Requirement(versions = {"1.1", "1.2"})
    void sx_rcpt_3_anEmptyReceipt(Scene scene) {
        PeerFrame receipt =
                scene.client().send("SEND⏎destination:{T1}⏎receipt:⏎⏎x␀").expect("RECEIPT");
        assertThat(receipt.value("receipt-id")).isEmpty();
    }

    @Requirement
    @Tag("S12-ERR-2")
    void sx_err_1_errorEndsTheConnectionInEveryVersion(Scene scene) {
        for (String script : List.of("SEND⏎⏎x␀", "SUBSCRIBE⏎⏎␀", "COMMIT⏎transaction:no⏎⏎␀", "ACK⏎⏎␀")) {
            StompPeer client = scene.client();
            client.send(script).expectError();
            client.expectClosed();
        }
    }

    @Requirement
    void sx_err_2_whatIsInAnError(Scene scene) {
        String secret = "s3cr3t";
        List<PeerFrame> errors = new ArrayList<>();
        errors.add(scene.refused("SEND⏎passcode:" + secret + "⏎receipt:r⏎⏎x␀"));
        errors.add(scene.refused("SEND⏎destination:{D1}⏎" + "long:" + "x".repeat(5_000) + "⏎novalue⏎⏎x␀"));
        errors.add(scene.refused(scene.fresh(), "CONNECT⏎accept-version:1.2⏎passcode:" + secret + "⏎heart-beat:x⏎⏎␀"));
        errors.add(scene.refused(scene.fresh(), "CONNECT⏎accept-version:1.2⏎receipt:a\\b⏎heart-beat:x⏎⏎␀"));
        for (PeerFrame error : errors) {
            assertThat(error.value("message"))
                    .doesNotContainPattern("[:\\\\\\r\\n]")
                    .hasSizeLessThanOrEqualTo(120);
            assertThat(error.toString()).doesNotContain(secret).doesNotContainPattern("at .*\\(.*\\.java:");
            assertThat(error.body().length).isLessThanOrEqualTo(2_048);
            assertThat(error.names())
                    .isSubsetOf("message", "content-type", "content-length", "receipt-id", "failed-command");
        }
        assertThat(errors.get(3).has("receipt-id"))
                .as("a receipt that would need escaping")
                .isFalse();
    }

    @Requirement(versions = "1.2", inside = true)
    void sx_err_3_aServerThatStopsSaysSo(Scene scene) {
        LocalServer own = LocalServer.start(Setup.PLAIN);
        StompPeer client = scene.add(scene.builder(own).connect());
        client.open(scene.version);
        client.subscribe(scene.topic());
        java.util.concurrent.CompletableFuture<Void> stopped = Aside.run(own::stop);
        client.expectError();
        if (scene.transport.isWebSocket()) {
            assertThat(client.closeCode()).isEqualTo(1001);
        }
        client.close();
        stopped.join();
    }

    @Requirement
    @Tag("S12-DISC-4")
    void sx_ling_1_theErrorIsNotLostToAReset(Scene scene) {
        StompPeer client = scene.client();
        client.send("SEND⏎destination:{D1}⏎novalue⏎⏎x␀");
        byte[] junk = "x".repeat(1 << 20).getBytes(UTF_8);
        java.util.concurrent.CompletableFuture<Void> writing = Aside.run(() -> {
            for (int i = 0; i < 10; i++) {
                client.trySend(junk);
            }
        });
        // The server takes the first MiB, then it may close; either way the writing ends.
        writing.orTimeout(8, java.util.concurrent.TimeUnit.SECONDS).join();
        assertThat(client.expect("ERROR").has("message")).isTrue();
    }

    @Requirement(inside = true)
    @Tag("S10-DISC-1")
    void sx_disc_1_disconnectIsNoNews(Scene scene) {
        try (Logs logs = Logs.watch()) {
            StompPeer client = scene.fresh();
            String session = client.open(scene.version).value("session");
            client.send("DISCONNECT⏎⏎␀").expectClosed(Duration.ofSeconds(5));
            assertThat(client.octetsRead()).isPositive();
            StompPeer hasty = scene.fresh();
            String other = hasty.open(scene.version).value("session");
            int port = hasty.localPort();
            hasty.send("DISCONNECT⏎⏎␀").close();
            Sockets.awaitReleased(hasty.remotePort(), port, Duration.ofSeconds(5));
            assertThat(logs.lines(Level.INFO)).noneMatch(line -> line.contains(session) || line.contains(other));
        }
    }

    @Requirement(versions = "1.2", inside = true)
    void sx_proc_1_framesOfAConnectionAreProcessedInOrder(Scene scene) {
        List<String> seen = Inside.handled(
                scene,
                client -> {
                    for (int i = 0; i < 10_000; i += 500) {
                        StringBuilder frames = new StringBuilder();
                        for (int j = i; j < i + 500; j++) {
                            frames.append("SEND⏎destination:{handler}⏎⏎")
                                    .append(j)
                                    .append('␀');
                        }
                        client.send(frames.toString());
                    }
                },
                10_000);
        assertThat(seen).hasSize(10_000);
        for (int i = 0; i < seen.size(); i++) {
            assertThat(seen.get(i)).isEqualTo(String.valueOf(i));
        }
    }
}
