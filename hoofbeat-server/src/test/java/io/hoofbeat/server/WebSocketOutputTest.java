/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.WebSocketPeer.BINARY;
import static io.hoofbeat.server.WebSocketPeer.CLOSE;
import static io.hoofbeat.server.WebSocketPeer.FINAL;
import static io.hoofbeat.server.WebSocketPeer.PING;
import static io.hoofbeat.server.WebSocketPeer.PONG;
import static io.hoofbeat.server.WebSocketPeer.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.server.WebSocketPeer.Incoming;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WEBSOCKET.md, sections 5, 7 and 8: what goes out, and how it ends. */
class WebSocketOutputTest {
    private StompServer server;

    @BeforeEach
    void start() {
        server = StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .webSocketPing(Duration.ofMillis(400))
                        .build())
                .endpoint(Endpoint.builder("beating", Endpoint.Kind.WEB_SOCKET)
                        .heartBeatSend(Duration.ofMillis(100))
                        .heartBeatReceive(Duration.ofMillis(200))
                        .build())
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebSocketPeer open() throws Exception {
        return WebSocketPeer.open(server.port("ws"));
    }

    private WebSocketPeer subscribed() throws Exception {
        WebSocketPeer peer = open();
        peer.connect();
        peer.send("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@");
        assertThat(peer.frame()).startsWith("RECEIPT\n");
        return peer;
    }

    /** A data message, put together. */
    private static byte[] message(WebSocketPeer peer) throws Exception {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        Incoming part;
        do {
            part = peer.receive();
            whole.writeBytes(part.payload());
        } while ((part.first() & FINAL) == 0);
        return whole.toByteArray();
    }

    // ---- OUT

    @Test
    void ws_out_1_oneMessageIsOneFrame() throws Exception {
        try (WebSocketPeer peer = subscribed()) {
            for (int i = 0; i < 500; i++) {
                server.broker().publish("/topic/a", "m" + i);
            }
            for (int i = 0; i < 500; i++) {
                Incoming frame = peer.receive();
                assertThat(frame.first()).isEqualTo(FINAL | TEXT);
                assertThat(frame.text()).startsWith("MESSAGE\n").endsWith("\n\nm" + i + "\0");
                assertThat(frame.text().indexOf(0)).isEqualTo(frame.text().length() - 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 125, 126, 127, 1_000, 16_383, 16_384, 65_535, 65_536, 200_000, 5_000_000})
    @Tag("WS-OUT-4")
    void ws_out_1_framesOfAllSizes(int size) throws Exception {
        String text = "0123456789".repeat(size / 10 + 1).substring(0, size);
        try (WebSocketPeer peer = subscribed()) {
            server.broker().publish("/topic/a", text);
            server.broker().publish("/topic/a", "next");
            String frame = peer.frame();
            assertThat(frame.substring(frame.indexOf("\n\n") + 2).equals(text)).isTrue();
            assertThat(peer.frame()).endsWith("\n\nnext");
        }
    }

    @Test
    @Tag("SX-TRAIL-1")
    void ws_out_2_heartBeatIsAMessageOfItsOwn() throws Exception {
        try (WebSocketPeer peer = WebSocketPeer.open(server.port("beating"))) {
            peer.send("CONNECT\naccept-version:1.2\nheart-beat:0,200\n\n^@");
            assertThat(peer.receive().text()).startsWith("CONNECTED\n").endsWith("\n\n\0");
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                Incoming beat = peer.receive();
                assertThat(beat.first()).isEqualTo(FINAL | TEXT);
                assertThat(beat.text()).isEqualTo("\n");
            }
            assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
        }
    }

    @Test
    void ws_out_3_textOrBinaryByContent() throws Exception {
        try (WebSocketPeer peer = subscribed()) {
            server.broker().publish("/topic/a", Headers.of("content-type", "text/plain"), "é".getBytes(UTF_8));
            assertThat(peer.receive().first()).isEqualTo(FINAL | TEXT);
            server.broker().publish("/topic/a", Headers.EMPTY, new byte[] {(byte) 0xff, (byte) 0xfe});
            assertThat(peer.receive().first()).isEqualTo(FINAL | BINARY);
            server.broker()
                    .publish("/topic/a", Headers.of("content-type", "application/octet-stream"), "abc".getBytes(UTF_8));
            assertThat(peer.receive().first()).isEqualTo(FINAL | BINARY);
            server.broker().publish("/topic/a", Headers.EMPTY, new byte[0]);
            assertThat(peer.receive().first()).isEqualTo(FINAL | TEXT);
        }
    }

    @Test
    void ws_out_3_largeOnesToo() throws Exception {
        byte[] noText = new byte[300_000];
        java.util.Arrays.fill(noText, (byte) 0xfe);
        try (WebSocketPeer peer = subscribed()) {
            server.broker().publish("/topic/a", Headers.EMPTY, noText);
            Incoming first = peer.receive();
            assertThat(first.first()).isEqualTo(BINARY);
            assertThat(first.payload().length + message(peer).length).isGreaterThan(300_000);
            server.broker()
                    .publish("/topic/a", Headers.EMPTY, "é".repeat(150_000).getBytes(UTF_8));
            assertThat(peer.receive().first()).isEqualTo(TEXT);
        }
    }

    @Test
    @Tag("WS-CTL-1")
    void ws_out_4_pongsGetBetweenTheFragments() throws Exception {
        try (WebSocketPeer peer = subscribed()) {
            peer.socket.setReceiveBufferSize(16 * 1024);
            server.broker().publish("/topic/a", Headers.EMPTY, new byte[12_000_000]);
            assertThat(peer.receive().first() & FINAL).isZero();
            peer.send(FINAL | PING, "now".getBytes(UTF_8));
            int fragments = 0;
            Incoming next = peer.receive();
            while (next.opcode() != PONG) {
                assertThat(next.first() & FINAL).isZero();
                next = peer.receive();
                fragments++;
            }
            int after = 0;
            do {
                next = peer.receive();
                after++;
            } while ((next.first() & FINAL) == 0);
            assertThat(next.payload()[next.payload().length - 1]).isZero();
            assertThat(after).isPositive();
            assertThat(fragments + after).isGreaterThan(100);
        }
    }

    // ---- CTL

    @Test
    void ws_ctl_3_silentClientIsPingedAndThenGivenUp() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            assertThat(peer.receive().first()).isEqualTo(FINAL | PING);
            long start = System.nanoTime();
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1008);
            assertThat(System.nanoTime() - start).isBetween(300_000_000L, 1_500_000_000L);
        }
    }

    @Test
    void ws_ctl_3_answerKeepsItAlive() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            for (int i = 0; i < 4; i++) {
                Incoming ping = peer.receive();
                assertThat(ping.first()).isEqualTo(FINAL | PING);
                peer.send(FINAL | PONG, ping.payload());
            }
        }
    }

    @Test
    void ws_ctl_4_pingsAreSignsOfLifeForTheReadTimer() throws Exception {
        try (WebSocketPeer peer = WebSocketPeer.open(server.port("beating"))) {
            peer.send("CONNECT\naccept-version:1.2\nheart-beat:200,200\n\n^@");
            assertThat(peer.frame()).startsWith("CONNECTED\n");
            long start = System.nanoTime();
            for (int i = 0;
                    System.nanoTime() - start < 2_500_000_000L;
                    i++) { // after 1200 ms of silence it would be over
                while (!peer.receive().text().equals("\n")) {
                    // The heart-beats are the clock.
                }
                peer.send(FINAL | (i % 2 == 0 ? PING : PONG), new byte[0]);
            }
            peer.send("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@");
            Incoming next;
            do {
                next = peer.receive();
            } while (next.opcode() == PONG || next.text().equals("\n"));
            assertThat(next.text()).startsWith("RECEIPT\n");
        }
    }

    @Test
    void ws_ctl_4_pongsAreNoHeartBeats() throws Exception {
        try (WebSocketPeer peer = WebSocketPeer.open(server.port("beating"));
                WebSocketPeer clock = WebSocketPeer.open(server.port("beating"))) {
            clock.send("CONNECT\naccept-version:1.2\nheart-beat:0,100\n\n^@");
            assertThat(clock.frame()).startsWith("CONNECTED\n");
            peer.send("CONNECT\naccept-version:1.2\nheart-beat:0,200\n\n^@");
            assertThat(peer.frame()).startsWith("CONNECTED\n");
            int beats = 0;
            for (int i = 0; i < 30; i++) {
                assertThat(clock.receive().text()).isEqualTo("\n");
                peer.send(FINAL | PING, new byte[0]);
                Incoming next = peer.receive();
                if (next.opcode() == TEXT) {
                    beats++;
                }
            }
            assertThat(beats).isGreaterThanOrEqualTo(4);
        }
    }

    // ---- CLOSE

    @ParameterizedTest
    @CsvSource({
        "1000, 1000", "1001, 1001", "1002, 1002", "1003, 1003", "1007, 1007", "1008, 1008", "1009, 1009", "1010, 1010",
        "1011, 1011", "1012, 1012", "1013, 1013", "3000, 3000", "3999, 3999", "4000, 4000", "4999, 4999", "0, 1002",
        "999, 1002", "1004, 1002", "1005, 1002", "1006, 1002", "1015, 1002", "1016, 1002", "1100, 1002", "2000, 1002",
        "2999, 1002", "5000, 1002", "65535, 1002"
    })
    @Tag("WS-CLOSE-2")
    void ws_close_1_closeIsAnsweredWithItsCode(int sent, int answered) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            peer.send(FINAL | CLOSE, WebSocketPeer.close(sent, "bye"));
            Incoming close = peer.receive();
            assertThat(close.first()).isEqualTo(FINAL | CLOSE);
            assertThat(close.closeCode()).isEqualTo(answered);
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    @Tag("WS-CLOSE-1")
    void ws_close_2_closeWithoutACodeIsFine() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | CLOSE, new byte[0]);
            assertThat(peer.receive().payload()).isEmpty();
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void ws_close_2_halfACode() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | CLOSE, new byte[] {3});
            assertThat(peer.receive().closeCode()).isEqualTo(1002);
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void ws_close_1_serverClosesAfterTheAnswer() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            peer.send("DISCONNECT\nreceipt:r\n\n^@");
            assertThat(peer.frame()).startsWith("RECEIPT\n");
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(1000);
            peer.send("\n").send(FINAL | PING, new byte[0]); // of no interest any more
            long start = System.nanoTime();
            peer.send(FINAL | CLOSE, close.payload());
            assertThat(peer.rest()).isEmpty();
            assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
        }
    }

    @Test
    void ws_close_1_answerIsAwaitedFiveSecondsAtMost() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            long start = System.nanoTime();
            peer.send("DISCONNECT\n\n^@");
            assertThat(peer.receive().closeCode()).isEqualTo(1000);
            assertThat(peer.rest()).isEmpty();
            assertThat(System.nanoTime() - start).isBetween(4_500_000_000L, 8_000_000_000L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SEND-destination:/topic/a--x^@, 1002",
        "CONNECT-accept-version:3.0--^@, 1002",
        "GARBAGE IN^@, 1002",
    })
    @Tag("WS-CLOSE-5")
    void ws_close_3_reasonIsTheErrorsMessage(String frame, int code) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(frame.replace("--", "\n\n").replaceFirst("(?<=[A-Z])-", "\n"));
            String error = peer.frame();
            assertThat(error).startsWith("ERROR\n");
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(code);
            assertThat(close.closeReason().getBytes(UTF_8).length).isBetween(1, 123);
            assertThat(error).contains(close.closeReason());
        }
    }

    @Test
    void ws_close_4_closeIsALostConnection() throws Exception {
        try (WebSocketPeer watcher = open();
                WebSocketPeer peer = open()) {
            peer.connect();
            peer.send("SUBSCRIBE\nid:1\nack:client\nreceipt:r\ndestination:/queue/lost\n\n^@");
            assertThat(peer.frame()).startsWith("RECEIPT\n");
            server.broker().publish("/queue/lost", "one");
            assertThat(peer.frame()).endsWith("\n\none");
            watcher.connect();
            watcher.send("SUBSCRIBE\nid:1\ndestination:/queue/lost\n\n^@");
            peer.send(FINAL | CLOSE, WebSocketPeer.close(1001, ""));
            assertThat(watcher.frame()).contains("\nredelivered:true\n").endsWith("\n\none");
        }
    }

    @Test
    @Tag("SX-ERR-3")
    void ws_close_serverStops() throws Exception {
        try (WebSocketPeer peer = open();
                WebSocketPeer stranger = open()) {
            peer.connect();
            Thread stopping = new Thread(server::close);
            stopping.start();
            assertThat(peer.frame()).startsWith("ERROR\nmessage:the server is shutting down\n");
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(1001);
            peer.send(FINAL | CLOSE, close.payload());
            assertThat(peer.rest()).isEmpty();
            assertThat(stranger.frame()).startsWith("ERROR\n");
            assertThat(stranger.receive().closeCode()).isEqualTo(1001);
            stranger.send(FINAL | CLOSE, close.payload());
            stopping.join(10_000);
            assertThat(stopping.isAlive()).isFalse();
        }
    }

    @Test
    void ws_close_1008_loginRefused() throws Exception {
        try (StompServer guarded = StompServer.builder()
                        .broker(BrokerOptions.builder()
                                .authenticator(who -> java.util.concurrent.CompletableFuture.failedFuture(
                                        new io.hoofbeat.broker.AccessRefusedException("no")))
                                .build())
                        .webSocket(0, "/stomp")
                        .start();
                WebSocketPeer peer = WebSocketPeer.open(guarded.port("ws"))) {
            peer.send("CONNECT\naccept-version:1.2\nlogin:a\npasscode:b\n\n^@SEND\ndestination:/topic/a\n\nx^@");
            assertThat(peer.frame()).startsWith("ERROR\nmessage:Access refused\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1008);
        }
    }
}
