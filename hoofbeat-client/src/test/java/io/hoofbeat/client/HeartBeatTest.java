/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HeartBeatTest {
    private final ScriptedServer server;

    HeartBeatTest() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    @Tag("C11-HB-1")
    void c11_hb_2_beatsAreLineFeedsAndNothingElse() throws IOException {
        connect("400,0", "0,100");
        long start = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            assertThat(server.read()).isEqualTo('\n');
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThan(600);
    }

    @ParameterizedTest
    @CsvSource({"'100,0', '0,0'", "'0,0', '100,100'", "'100,0', ''"})
    void c11_hb_1_noBeatsUnlessBothWant(String ours, String theirs) throws IOException {
        connect(ours, theirs);
        server.expectSilence(500);
    }

    @Test
    void c11_hb_3_silentServerIsLostAfterTheTolerance() throws Exception {
        StompClient client = connect("0,500", "500,0");
        long start = System.nanoTime();
        assertThatThrownBy(() -> client.ended().get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConnectionEndedException.class)
                .hasMessageContaining("no sign of life");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isBetween(1_000L, 4_000L);
    }

    @Test
    void c11_hb_3_anyOctetIsASignOfLife() throws Exception {
        StompClient client = connect("0,500", "500,0");
        for (char octet : "MESSAGE".toCharArray()) {
            server.expectSilence(400);
            server.send(String.valueOf(octet));
        }
        assertThat(client.ended()).isNotDone();
    }

    @Test
    void c11_hb_4_beatsGoOnWhileAHandlerBlocks() throws IOException {
        CountDownLatch gate = new CountDownLatch(1);
        StompClient client = connect("200,0", "0,200");
        client.subscribe("/a", message -> gate.await());
        assertThat(server.expectFrame()).contains("SUBSCRIBE");
        server.send("MESSAGE\nsubscription:1\nmessage-id:1\ndestination:/a\n\n\0");
        for (int i = 0; i < 5; i++) {
            assertThat(server.read()).isEqualTo('\n');
        }
        gate.countDown();
    }

    @Test
    void c11_hb_4_noBeatIsPutIntoAFrame() throws Exception {
        StompClient client = connect("100,0", "0,100");
        byte[] body = new byte[16 << 20];
        java.util.Arrays.fill(body, (byte) 'x');
        client.send("/a", Headers.EMPTY, body);
        server.stopReadingFor(1_000);
        String head = "SEND\ndestination:/a\ncontent-length:" + body.length + "\n\n";
        int octet = server.read();
        while (octet == '\n') {
            octet = server.read();
        }
        assertThat((char) octet).isEqualTo('S');
        server.expect(head.substring(1));
        for (int i = 0; i < body.length; i += 65_536) {
            server.expect("x".repeat(65_536));
        }
        assertThat(server.read()).isZero();
    }

    private StompClient connect(String ours, String theirs) throws IOException {
        return server.connected(
                ClientOptions.builder(server.url()).heartBeat(HeartBeat.parse(ours)),
                "version:1.2\n" + (theirs.isEmpty() ? "" : "heart-beat:" + theirs + "\n"));
    }
}
