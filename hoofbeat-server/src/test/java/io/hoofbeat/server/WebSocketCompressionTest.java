/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.WebSocketPeer.BINARY;
import static io.hoofbeat.server.WebSocketPeer.FINAL;
import static io.hoofbeat.server.WebSocketPeer.PING;
import static io.hoofbeat.server.WebSocketPeer.PONG;
import static io.hoofbeat.server.WebSocketPeer.RSV1;
import static io.hoofbeat.server.WebSocketPeer.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.protocol.Headers;
import io.hoofbeat.server.WebSocketPeer.Incoming;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WEBSOCKET.md, section 10: permessage-deflate. */
class WebSocketCompressionTest {
    private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

    private static StompServer server;

    @BeforeAll
    static void start() {
        server = StompServer.builder()
                .webSocket(0, "/stomp")
                .endpoint(Endpoint.builder("without", Endpoint.Kind.WEB_SOCKET)
                        .compression(false)
                        .build())
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WebSocketPeer open() throws Exception {
        return new WebSocketPeer(server.port("ws")).handshake(OFFER);
    }

    private static WebSocketPeer subscribed(String topic) throws Exception {
        WebSocketPeer peer = open();
        peer.connect();
        peer.send("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/" + topic + "\n\n^@");
        assertThat(peer.frame()).startsWith("RECEIPT\n");
        return peer;
    }

    /** As a message's payload: without the octets at the end of the flush. */
    private static byte[] deflate(byte[] plain, int level) {
        Deflater deflater = new Deflater(level, true);
        deflater.setInput(plain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        int length;
        while ((length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
            out.write(buffer, 0, length);
        }
        deflater.end();
        return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }

    private static byte[] inflate(byte[] payload) throws Exception {
        Inflater inflater = new Inflater(true);
        byte[] whole = Arrays.copyOf(payload, payload.length + 4);
        whole[payload.length + 2] = (byte) 0xff;
        whole[payload.length + 3] = (byte) 0xff;
        inflater.setInput(whole);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        int length;
        while ((length = inflater.inflate(buffer)) > 0) {
            out.write(buffer, 0, length);
        }
        assertThat(inflater.getRemaining()).isZero();
        inflater.end();
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain, int level, int cut) {
        return deflate(Arrays.copyOf(plain, plain.length - cut), level);
    }

    private static byte[] deflate(String text) {
        return deflate(RawPeer.octets(text), 6);
    }

    private static void assertMessage(WebSocketPeer peer, String body) throws Exception {
        String frame = text(peer);
        assertThat(frame.substring(frame.indexOf("\n\n") + 2).equals(body + "\0"))
                .isTrue();
    }

    /** The next data message, inflated if it is compressed. */
    private static String text(WebSocketPeer peer) throws Exception {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        Incoming part = peer.receive();
        boolean compressed = (part.first() & RSV1) != 0;
        whole.writeBytes(part.payload());
        while ((part.first() & FINAL) == 0) {
            part = peer.receive();
            assertThat(part.first() & 0x7f).isZero();
            whole.writeBytes(part.payload());
        }
        return new String(compressed ? inflate(whole.toByteArray()) : whole.toByteArray(), UTF_8);
    }

    // ---- negotiation

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "permessage-deflate | yes",
                "permessage-deflate; client_max_window_bits | yes",
                "permessage-deflate; client_max_window_bits=8 | yes",
                "permessage-deflate; client_max_window_bits=15 | yes",
                "permessage-deflate; client_max_window_bits=\"10\" | yes",
                "permessage-deflate; client_max_window_bits=7 | -",
                "permessage-deflate; client_max_window_bits=16 | -",
                "permessage-deflate; client_max_window_bits=08 | -",
                "permessage-deflate; client_max_window_bits= | -",
                "permessage-deflate; server_no_context_takeover | yes",
                "permessage-deflate; client_no_context_takeover; server_no_context_takeover | yes",
                "permessage-deflate; server_no_context_takeover=1 | -",
                "permessage-deflate; client_no_context_takeover=x | -",
                "permessage-deflate; server_max_window_bits=15 | 15",
                "permessage-deflate; server_max_window_bits=\"15\" | 15",
                "permessage-deflate; server_max_window_bits=14 | -",
                "permessage-deflate; server_max_window_bits=8 | -",
                "permessage-deflate; server_max_window_bits | -",
                "permessage-deflate; server_max_window_bits=16 | -",
                "permessage-deflate; unknown | -",
                "permessage-deflate; client_max_window_bits; client_max_window_bits | -",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover | -",
                "Permessage-Deflate; CLIENT_MAX_WINDOW_BITS | yes",
                "x-webkit-deflate-frame | -",
                "permessage-deflate; server_max_window_bits=9, permessage-deflate | yes",
                "permessage-deflate; x=\"a, permessage-deflate\" | -",
                "foo, bar; baz=1, permessage-deflate; client_max_window_bits | yes",
                "permessage-deflate; server_max_window_bits=8, permessage-deflate; client_max_window_bits=20 | -",
            })
    @Tag("WS-PMD-2")
    void ws_pmd_1_firstOfferThatCanBeMet(String offer, @Nullable String answer) throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(server.port("ws"))) {
            peer.handshake("Sec-WebSocket-Extensions: " + offer + "\r\n");
            if (answer == null) {
                assertThat(peer.response()).doesNotContainIgnoringCase("sec-websocket-extensions");
            } else {
                String expected = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
                        + (answer.equals("15") ? "; server_max_window_bits=15" : "");
                assertThat(peer.response()).containsIgnoringCase("sec-websocket-extensions: " + expected + "\r\n");
            }
            assertThat(peer.connect()).startsWith("CONNECTED\n");
        }
    }

    @Test
    void ws_pmd_1_offersMayBeSpreadOverLines() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(server.port("ws"))) {
            peer.handshake("Sec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");
            assertThat(peer.response()).containsIgnoringCase("sec-websocket-extensions: permessage-deflate;");
        }
    }

    @Test
    void ws_pmd_5_offIsOneSwitch() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(server.port("without"))) {
            peer.handshake(OFFER);
            assertThat(peer.response()).doesNotContainIgnoringCase("sec-websocket-extensions");
            peer.send(FINAL | RSV1 | TEXT, deflate("\n"));
            assertThat(peer.receive().closeCode()).isEqualTo(1002);
        }
    }

    // ---- what comes in

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 9})
    void ws_pmd_3_compressedMessages(int level) throws Exception {
        String text = "It compresses well, it compresses well. é€😀 ".repeat(5_000);
        try (WebSocketPeer peer = subscribed("in-" + level)) {
            for (int i = 0; i < 3; i++) {
                peer.send(
                        FINAL | RSV1 | TEXT,
                        deflate(RawPeer.octets("SEND\ndestination:/topic/in-" + level + "\n\n" + text + "^@"), level));
                assertMessage(peer, text);
            }
        }
    }

    @Test
    void ws_pmd_3_messageMayComeUncompressed() throws Exception {
        try (WebSocketPeer peer = subscribed("plain")) {
            peer.send(FINAL | RSV1 | TEXT, deflate("SEND\ndestination:/topic/plain\n\n1^@"));
            peer.send("SEND\ndestination:/topic/plain\n\n2^@");
            peer.send(FINAL | RSV1 | BINARY, deflate("SEND\ndestination:/topic/plain\n\n3^@"));
            assertMessage(peer, "1");
            assertMessage(peer, "2");
            assertMessage(peer, "3");
        }
    }

    @Test
    void ws_pmd_3_emptyMessages() throws Exception {
        try (WebSocketPeer peer = subscribed("empty")) {
            peer.send(FINAL | RSV1 | TEXT, new byte[] {0});
            peer.send(FINAL | RSV1 | TEXT, new byte[0]);
            peer.send(RSV1 | TEXT, new byte[0]);
            peer.send(FINAL, new byte[0]);
            peer.send(FINAL | RSV1 | TEXT, deflate("SEND\ndestination:/topic/empty\n\nx^@"));
            assertMessage(peer, "x");
        }
    }

    @Test
    void ws_pmd_3_severalBlocksAndBlocksThatClaimToBeLast() throws Exception {
        String frame = "SEND\ndestination:/topic/blocks\n\nx^@";
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(6, true);
        byte[] buffer = new byte[1024];
        deflater.setInput(RawPeer.octets(frame + frame));
        payload.write(buffer, 0, deflater.deflate(buffer, 0, buffer.length, Deflater.FULL_FLUSH));
        deflater.setInput(RawPeer.octets(frame));
        payload.write(buffer, 0, deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH));
        deflater.setInput(RawPeer.octets(frame));
        deflater.finish();
        payload.write(buffer, 0, deflater.deflate(buffer));
        payload.write(0); // RFC 7692, 7.2.3.4
        deflater.end();
        try (WebSocketPeer peer = subscribed("blocks")) {
            peer.send(FINAL | RSV1 | TEXT, payload.toByteArray());
            for (int i = 0; i < 4; i++) {
                assertMessage(peer, "x");
            }
            peer.send(FINAL | RSV1 | TEXT, deflate(frame));
            assertMessage(peer, "x");
        }
    }

    @Test
    @Tag("WS-IN-4")
    void ws_pmd_3_fragmentedWithControlFramesBetween() throws Exception {
        String text = "fragmented and compressed é ".repeat(300);
        byte[] payload = deflate("SEND\ndestination:/topic/fragments\n\n" + text + "^@");
        try (WebSocketPeer peer = subscribed("fragments")) {
            peer.send(RSV1 | TEXT, new byte[] {payload[0]});
            for (int i = 1; i < payload.length; i++) {
                peer.send(0, new byte[] {payload[i]});
            }
            peer.send(FINAL | PING, new byte[] {'p'});
            peer.send(FINAL, new byte[0]);
            assertThat(peer.receive().opcode()).isEqualTo(PONG);
            assertMessage(peer, text);
        }
    }

    @ParameterizedTest
    @CsvSource({"a continuation, c0", "a compressed continuation of a plain message, 01"})
    void ws_pmd_3_onlyTheFirstFrameIsMarked(String what, String first) throws Exception {
        try (WebSocketPeer peer = open()) {
            assertThat(what).isNotEmpty();
            peer.send(first.equals("01") ? TEXT : RSV1 | TEXT, first.equals("01") ? new byte[] {'\n'} : deflate("\n"));
            peer.send(FINAL | RSV1, deflate("\n"));
            assertThat(peer.receive().closeCode()).isEqualTo(1002);
        }
    }

    @Test
    @Tag("WS-UTF-1")
    void ws_pmd_textIsCheckedAfterInflating() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | RSV1 | TEXT, deflate(new byte[] {'\n', (byte) 0xff}, 6));
            assertThat(peer.receive().closeCode()).isEqualTo(1007);
        }
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | RSV1 | TEXT, deflate("STOMP\nx:é".getBytes(UTF_8), 6, 1));
            assertThat(peer.receive().closeCode()).isEqualTo(1007);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "07", "0500fffe", "00050000ff"})
    void ws_pmd_8_whatDoesNotInflate(String octets) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | RSV1 | TEXT, java.util.HexFormat.of().parseHex(octets));
            peer.send(FINAL | RSV1 | TEXT, java.util.HexFormat.of().parseHex(octets));
            assertThat(peer.receive().closeCode()).isEqualTo(1007);
            assertThat(peer.rest()).isEmpty();
        }
    }

    // ---- bombs

    /** 1 GiB in a few MiB. */
    private static byte[] bomb(String start, int filler) {
        Deflater deflater = new Deflater(1, true);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 * 1024];
        byte[] piece = new byte[1024 * 1024];
        Arrays.fill(piece, (byte) filler);
        deflater.setInput(RawPeer.octets(start));
        for (int i = 0; i < 1024; i++) {
            int length;
            while ((length = deflater.deflate(buffer, 0, buffer.length, Deflater.NO_FLUSH)) > 0) {
                out.write(buffer, 0, length);
            }
            deflater.setInput(piece);
        }
        int length;
        while ((length = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
            out.write(buffer, 0, length);
        }
        deflater.end();
        return Arrays.copyOf(out.toByteArray(), out.size() - 4);
    }

    @ParameterizedTest
    @CsvSource({
        "a body, true, x, 1009",
        "a header, true, x, 1009",
        "a header before CONNECTED, false, x, 1009",
        "NULs, true, 0, 1009",
        "NULs before CONNECTED, false, 0, 1009",
        "heart-beats, true, 10, 1009",
        "heart-beats before CONNECTED, false, 10, 1009",
    })
    void ws_pmd_4_bomb(String what, boolean connected, String filler, int code) throws Exception {
        String start = what.startsWith("a body")
                ? "SEND\ndestination:/topic/bomb\n\n"
                : what.startsWith("a header") ? (connected ? "SEND\nh:" : "CONNECT\nh:") : "";
        byte[] bomb = bomb(start, filler.equals("x") ? 'x' : Integer.parseInt(filler));
        assertThat(bomb.length).isLessThan(6_000_000);
        try (WebSocketPeer peer = open()) {
            if (connected) {
                peer.connect();
            }
            long before = heap();
            int size = bomb.length / 10_000 + 1;
            for (int at = 0; at < bomb.length; at += size) {
                byte[] piece = Arrays.copyOfRange(bomb, at, Math.min(bomb.length, at + size));
                try {
                    peer.send((at == 0 ? RSV1 | TEXT : 0) | (at + size >= bomb.length ? FINAL : 0), piece);
                } catch (java.net.SocketException e) {
                    break; // refused already
                }
            }
            Incoming last = peer.receive();
            if (last.opcode() == TEXT) {
                assertThat(last.text()).startsWith("ERROR\n");
                last = peer.receive();
            }
            assertThat(last.closeCode()).isEqualTo(code);
            // 16 MiB are what a body may have; they are let go with the error.
            assertThat(heap() - before).isLessThan(4L << 20);
        }
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    // ---- what goes out

    @ParameterizedTest
    @ValueSource(ints = {600, 16_000, 16_384, 65_536, 70_000, 1_000_000})
    @Tag("WS-OUT-1")
    void ws_pmd_5_messagesOfAllSizesGoOutCompressed(int size) throws Exception {
        String text = "0123456789abcdefghij".repeat(size / 20 + 1).substring(0, size);
        try (WebSocketPeer first = subscribed("out-" + size);
                WebSocketPeer second = subscribed("out-" + size)) {
            for (int i = 0; i < 2; i++) {
                server.broker().publish("/topic/out-" + size, text + i);
                assertMessage(first, text + i);
                assertMessage(second, text + i);
            }
            server.broker().publish("/topic/out-" + size, text);
            assertThat(first.receive().first() & RSV1).isNotZero();
        }
    }

    @Test
    @Tag("WS-PMD-7")
    void ws_pmd_5_eachMessageStandsForItself() throws Exception {
        try (WebSocketPeer peer = subscribed("alone")) {
            String text = "the same ".repeat(100);
            int[] lengths = new int[3];
            for (int i = 0; i < 3; i++) {
                server.broker().publish("/topic/alone", text);
                Incoming frame = peer.receive();
                lengths[i] = frame.payload().length;
                assertThat(inflate(frame.payload())).endsWith(RawPeer.octets(text + "^@"));
            }
            assertThat(lengths[2]).isCloseTo(lengths[0], org.assertj.core.data.Offset.offset(8));
        }
    }

    @Test
    void ws_pmd_6_notCompressed() throws Exception {
        try (WebSocketPeer peer = subscribed("not")) {
            server.broker().publish("/topic/not", "short");
            assertThat(peer.receive().first() & RSV1).isZero();
            byte[] image = new byte[5_000];
            image[0] = (byte) 0xff;
            server.broker().publish("/topic/not", Headers.of("content-type", "image/png"), image);
            assertThat(peer.receive().first()).isEqualTo(FINAL | BINARY);
            server.broker()
                    .publish("/topic/not", Headers.of("content-type", "application/octet-stream"), image.clone());
            assertThat(peer.receive().first()).isEqualTo(FINAL | RSV1 | BINARY);
            byte[] noise = new byte[5_000];
            new Random(1).nextBytes(noise);
            server.broker().publish("/topic/not", Headers.EMPTY, noise);
            assertThat(peer.receive().first()).isEqualTo(FINAL | BINARY);
        }
    }
}
