/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.test.PeerFrame;
import io.hoofbeat.test.StompPeer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

/** STOMP.md A8 and A9: characters, and limits. */
@DisplayName("A8-A9 Characters and limits")
class A08CharactersAndLimitsTest {
    private static final CodecLimits LIMITS = CodecLimits.DEFAULT;

    @Requirement(versions = {"1.1", "1.2"})
    void s11_utf_1_headersAreUtf8BothWays(Scene scene) {
        String destination = scene.queue(0) + "é";
        StompPeer watcher = scene.watcher(destination);
        scene.client().send("SEND⏎destination:" + destination + "⏎ключ:значение😀⏎⏎x␀");
        PeerFrame message = watcher.expect("MESSAGE", "destination:" + destination);
        assertThat(new String(message.head(), UTF_8)).contains("\nключ:значение😀\n");
    }

    @Requirement(versions = "1.0", notForSockJs = "octets that are no text")
    @Tag("SX-UTF-1")
    void s10_utf_2_otherOctetsThanAsciiIn10(Scene scene) {
        PeerFrame message = scene.relay("SEND⏎destination:{D1}⏎foo:é⏎⏎x␀");
        assertThat(message.value("foo")).isEqualTo("é");
        StompPeer client = scene.client();
        client.send(("SEND\ndestination:" + scene.queue(0) + "\nfoo:").getBytes(UTF_8));
        client.send(new byte[] {(byte) 0xff, (byte) 0xfe});
        scene.fatal("invalid-utf8", client, "⏎⏎x␀");
    }

    @Requirement(inside = true)
    @Tag("SX-LIM-1")
    @Tag("SX-LIM-7")
    void s11_lim_1_aMaximumNumberOfHeaders(Scene scene) {
        StompPeer watcher = scene.watcher(scene.queue(0));
        scene.client().send("SEND⏎destination:{D1}⏎" + headers(LIMITS.headers() - 1) + "⏎at the limit␀");
        assertThat(watcher.expect("MESSAGE").text()).isEqualTo("at the limit");
        scene.fatal("too-many-headers", "SEND⏎destination:{D1}⏎" + headers(LIMITS.headers()) + "⏎beyond␀");
        watcher.expectNothing();
    }

    private static String headers(int number) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < number; i++) {
            lines.append('h').append(i).append(":v⏎");
        }
        return lines.toString();
    }

    @Requirement(inside = true)
    void s11_lim_2_aMaximumLengthOfAHeaderLine(Scene scene) {
        String begin = "SEND⏎destination:{D1}⏎";
        scene.client()
                .send(begin + "a:" + "x".repeat(LIMITS.headerLine() - 2) + "⏎receipt:r⏎⏎x␀")
                .expect("RECEIPT", "receipt-id:r");
        // One octet more, and no line end in sight.
        scene.fatal("header-line-too-long", begin + "a:" + "x".repeat(LIMITS.headerLine() - 1));
    }

    @Requirement(inside = true)
    void s11_lim_3_aMaximumSizeOfABodyByContentLength(Scene scene) {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            StompPeer client = scene.client();
            long start = System.nanoTime();
            client.send("SEND⏎destination:{D1}⏎content-length:" + (LIMITS.body() + 1) + "⏎⏎");
            client.expect("ERROR");
            fastest = Math.min(fastest, System.nanoTime() - start);
            client.expectClosed();
            assertThat(Kinds.of(client.sent())).isEqualTo("body-too-large");
        }
        assertThat(Duration.ofNanos(fastest)).as("best of five").isLessThan(Duration.ofMillis(100));
    }

    @ResourceLock(Requirement.PROCESSORS)
    @Requirement(versions = "1.2", inside = true)
    void s11_lim_3_aMaximumSizeOfABodyWithoutContentLength(Scene scene) {
        StompPeer client = scene.client();
        client.trySend(("SEND\ndestination:" + scene.queue(0) + "\n\n").getBytes(UTF_8));
        byte[] piece = "x".repeat(1 << 20).getBytes(UTF_8);
        for (int sent = 0; sent < LIMITS.body(); sent += piece.length) {
            client.trySend(piece);
        }
        client.trySend("y".getBytes(UTF_8));
        client.expectError();
        assertThat(Kinds.of(client.sent())).isEqualTo("body-too-large");
    }

    @Requirement(inside = true)
    @Tag("SX-LIM-6")
    void s11_lim_4_openTransactionsAreBounded(Scene scene) {
        StompPeer client = scene.client();
        for (int i = 0; i < 16; i++) {
            client.send("BEGIN⏎transaction:t" + i + "⏎⏎␀");
        }
        client.sync();
        client.send("BEGIN⏎transaction:one-too-many⏎⏎␀").expectError();
    }
}
