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

import io.hoofbeat.server.WebSocketPeer.Incoming;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WEBSOCKET.md, sections 4, 6, 7 and 9: what comes in. */
class WebSocketFramesTest {
    private static StompServer server;

    @BeforeAll
    static void start() {
        server = StompServer.builder().webSocket(0, "/stomp").start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WebSocketPeer open() throws Exception {
        return WebSocketPeer.open(server.port("ws"));
    }

    /** Connected, and subscribed to a topic of its own. */
    private static WebSocketPeer subscribed(String topic) throws Exception {
        WebSocketPeer peer = open();
        peer.connect();
        peer.send("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/" + topic + "\n\n^@");
        assertThat(peer.frame()).startsWith("RECEIPT\n");
        return peer;
    }

    private static String body(String frame) {
        return frame.substring(frame.indexOf("\n\n") + 2);
    }

    private static byte[] hex(String octets) {
        return HexFormat.of().parseHex(octets.replace(" ", ""));
    }

    /** Breaking the rules ends with a Close, without ERROR, and then with the connection. */
    private static void assertFails(WebSocketPeer peer, int code) throws Exception {
        Incoming last = peer.receive();
        assertThat(last.opcode()).isEqualTo(CLOSE);
        assertThat(last.closeCode()).isEqualTo(code);
        assertThat(peer.rest()).isEmpty();
    }

    // ---- IN

    @Test
    void ws_in_1_textAndBinaryInAnyMixture() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | BINARY, RawPeer.octets("CONNECT\naccept-version:1.2\nhost"));
            peer.send(FINAL | TEXT, RawPeer.octets(":h\n\n^@"));
            assertThat(peer.frame()).startsWith("CONNECTED\n");
            peer.send(FINAL | BINARY, RawPeer.octets("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/in1\n\n^@"));
            assertThat(peer.frame()).startsWith("RECEIPT\n");
        }
    }

    @Test
    void ws_in_2_severalFramesAndHeartBeatsInOneMessage() throws Exception {
        try (WebSocketPeer peer = subscribed("in2")) {
            peer.send("\n\nSEND\ndestination:/topic/in2\n\n1^@\nSEND\ndestination:/topic/in2\n\n2^@"
                    + "SEND\ndestination:/topic/in2\n\n3^@\n\n");
            assertThat(body(peer.frame())).isEqualTo("1");
            assertThat(body(peer.frame())).isEqualTo("2");
            assertThat(body(peer.frame())).isEqualTo("3");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8_192})
    void ws_in_3_oneFrameInManyMessages(int size) throws Exception {
        String text = "0123456789".repeat(10 * 1024);
        try (WebSocketPeer peer = subscribed("in3-" + size)) {
            byte[] whole =
                    RawPeer.octets("SEND\r\ndestination:/topic/in3-" + size + "\r\nx:a\\nb\r\n\r\n" + text + "^@");
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int at = 0; at < whole.length; at += size) {
                byte[] piece = java.util.Arrays.copyOfRange(whole, at, Math.min(whole.length, at + size));
                out.writeBytes(WebSocketPeer.encode(FINAL | TEXT, piece));
            }
            peer.write(out.toByteArray());
            String frame = peer.frame();
            assertThat(frame).contains("\nx:a\\nb\n");
            assertThat(body(frame).equals(text)).isTrue();
        }
    }

    @Test
    void ws_in_3_cutAnywhere() throws Exception {
        String frame = "SEND\r\ndestination:/topic/cut\r\nfoo:a\\nb\r\n\r\nbody^@";
        try (WebSocketPeer peer = subscribed("cut")) {
            for (int cut = 1; cut < RawPeer.octets(frame).length; cut++) {
                String sent = frame.replace("^@", "\0");
                peer.send(sent.substring(0, cut));
                peer.send(sent.substring(cut));
                assertThat(body(peer.frame())).isEqualTo("body");
            }
        }
    }

    @Test
    void ws_in_4_fragmentsAndControlFramesAreTransparent() throws Exception {
        try (WebSocketPeer peer = subscribed("in4")) {
            peer.send(TEXT, new byte[0]);
            peer.send(0, RawPeer.octets("SEND\ndestination:/topic/in4\n\nhel"));
            peer.send(FINAL | PING, RawPeer.octets("p1"));
            peer.send(0, new byte[0]);
            peer.send(0, RawPeer.octets("lo"));
            peer.send(FINAL | PONG, RawPeer.octets("unasked"));
            peer.send(FINAL, RawPeer.octets("^@"));
            Incoming pong = peer.receive();
            assertThat(pong.opcode()).isEqualTo(PONG);
            assertThat(pong.text()).isEqualTo("p1");
            assertThat(body(peer.frame())).isEqualTo("hello");
        }
    }

    @Test
    void ws_in_5_emptyMessagesAndHeartBeats() throws Exception {
        try (WebSocketPeer peer = subscribed("in5")) {
            peer.send("")
                    .send("\n")
                    .send(FINAL | BINARY, new byte[0])
                    .send("\r\n")
                    .send("\n");
            peer.send("SEND\ndestination:/topic/in5\n\nx^@");
            assertThat(body(peer.frame())).isEqualTo("x");
        }
    }

    @Test
    @Tag("WS-SIZE-1")
    void ws_in_6_frameOfTheSizeThatStompAllows() throws Exception {
        String text = "x".repeat(16 * 1024 * 1024);
        try (WebSocketPeer subscriber = subscribed("in6");
                WebSocketPeer sender = open()) {
            sender.connect();
            sender.send("SEND\ndestination:/topic/in6\n\n" + text + "^@");
            assertThat(body(subscriber.frame()).length()).isEqualTo(text.length());
            sender.send("SEND\ndestination:/topic/in6\n\n" + text + "x^@");
            assertThat(sender.frame()).startsWith("ERROR\n").contains("16777216");
            assertThat(sender.receive().closeCode()).isEqualTo(1009);
        }
    }

    @Test
    void ws_in_7_unfinishedFrameIsDropped() throws Exception {
        try (WebSocketPeer watcher = subscribed("in7")) {
            try (WebSocketPeer peer = open()) {
                peer.connect();
                peer.send("SEND\ndestination:/topic/in7\n\nunfinished");
                peer.send(FINAL | CLOSE, WebSocketPeer.close(1000, ""));
                assertThat(peer.receive().closeCode()).isEqualTo(1000);
            }
            watcher.send("SEND\ndestination:/topic/in7\n\nlater^@");
            assertThat(body(watcher.frame())).isEqualTo("later");
        }
    }

    // ---- UTF

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "80",
                "c0 af",
                "c1 bf",
                "e0 80 af",
                "e0 9f bf",
                "ed a0 80",
                "ed bf bf",
                "f0 80 80 af",
                "f0 8f bf bf",
                "f4 90 80 80",
                "f8 88 80 80 80",
                "fe",
                "c3 28",
                "e2 82 28",
                "f0 9f 98 41",
                "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64"
            })
    void ws_utf_1_textThatIsNoUtf8(String octets) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | TEXT, hex(octets));
            assertFails(peer, 1007);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c3", "e2 82", "f0 9f 98"})
    void ws_utf_1_characterCutByTheEndOfAMessage(String octets) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | TEXT, hex("0a0a" + octets));
            assertFails(peer, 1007);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "€", "😀", "aé€😀z", "\u0080\u07ff\u0800\uffff", "\ud7ff\ue000\udbff\udfff"})
    void ws_utf_1_characterCutByTheEndOfAFragment(String text) throws Exception {
        try (WebSocketPeer peer = subscribed("utf")) {
            byte[] whole = RawPeer.octets("SEND\ndestination:/topic/utf\n\n" + text + "^@");
            peer.send(TEXT, new byte[] {whole[0]});
            for (int i = 1; i < whole.length - 1; i++) {
                peer.send(0, new byte[] {whole[i]});
            }
            peer.send(FINAL, new byte[] {0});
            assertThat(body(peer.frame())).isEqualTo(text);
        }
    }

    @Test
    void ws_utf_1_longTextOfAllKinds() throws Exception {
        String text = "plain ascii text, é, €, 😀, ".repeat(3_000);
        try (WebSocketPeer peer = subscribed("utf-long")) {
            peer.send("SEND\ndestination:/topic/utf-long\n\n" + text + "^@");
            assertThat(body(peer.frame())).isEqualTo(text);
        }
    }

    @Test
    void ws_utf_1_binaryHeadThatIsNoUtf8IsAStompError() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.connect();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.writeBytes(RawPeer.octets("SEND\ndestination:/topic/a\nx:"));
            frame.write(0xff);
            frame.writeBytes(RawPeer.octets("\n\n^@"));
            peer.send(FINAL | BINARY, frame.toByteArray());
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1002);
        }
    }

    @Test
    @Tag("WS-CLOSE-2")
    void ws_utf_3_reasonThatIsNoUtf8() throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | CLOSE, hex("03e8 41 ff"));
            assertFails(peer, 1007);
        }
    }

    // ---- CTL

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 125})
    void ws_ctl_1_pingIsAnswered(int length) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.send(FINAL | PING, "p".repeat(length).getBytes(UTF_8));
            Incoming pong = peer.receive();
            assertThat(pong.first()).isEqualTo(FINAL | PONG);
            assertThat(pong.text()).isEqualTo("p".repeat(length));
        }
    }

    @Test
    void ws_ctl_1_everyPingIsAnswered() throws Exception {
        try (WebSocketPeer peer = open()) {
            for (int i = 0; i < 10; i++) {
                peer.send(FINAL | PING, ("p" + i).getBytes(UTF_8));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(peer.receive().text()).isEqualTo("p" + i);
            }
        }
    }

    @Test
    void ws_ctl_1_pingOctetByOctet() throws Exception {
        try (WebSocketPeer peer = open()) {
            for (byte octet : WebSocketPeer.encode(FINAL | PING, "slow".getBytes(UTF_8))) {
                peer.write(octet);
            }
            assertThat(peer.receive().text()).isEqualTo("slow");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a ping of 126 octets, 89fe007e00000000",
        "a fragmented ping, 098000000000",
        "a compressed ping, c98000000000",
        "a fragmented close, 088000000000",
    })
    void ws_ctl_2_controlFramesAreShortAndWhole(String what, String octets) throws Exception {
        assertBroken(what, octets);
    }

    @ParameterizedTest
    @CsvSource({
        "without a mask, 810161",
        "RSV1 without extension, c18100000000 61",
        "RSV2, a18100000000 61",
        "RSV3, 918100000000 61",
        "all reserved bits, f18100000000 61",
        "opcode 3, 838000000000",
        "opcode 4, 848000000000",
        "opcode 5, 858000000000",
        "opcode 6, 868000000000",
        "opcode 7, 878000000000",
        "opcode 11, 8b8000000000",
        "opcode 12, 8c8000000000",
        "opcode 13, 8d8000000000",
        "opcode 14, 8e8000000000",
        "opcode 15, 8f8000000000",
        "a continuation without a start, 808000000000",
        "a continuation without a start that is not the last, 008000000000",
        "a continuation behind a whole message, 818000000000 808000000000",
        "text inside text, 018000000000 818000000000",
        "binary inside text, 018000000000 828000000000",
        "text inside binary, 028000000000 018000000000",
        "a length with its top bit set, 81ff8000000000000001 00000000",
        "126 in two octets too many, 81fe000500000000 6161616161",
        "a 64-bit length that fits into 16, 81ff000000000000ffff 00000000",
    })
    void ws_ctl_6_brokenFraming(String what, String octets) throws Exception {
        assertBroken(what, octets);
    }

    private static void assertBroken(String what, String octets) throws Exception {
        try (WebSocketPeer peer = open()) {
            peer.write(hex(octets));
            assertThat(what).isNotEmpty();
            assertFails(peer, 1002);
        }
    }

    @Test
    void ws_ctl_5_floodOfPings() throws Exception {
        try (WebSocketPeer peer = open()) {
            for (int i = 0; i < 101; i++) {
                peer.send(FINAL | PING, new byte[0]);
            }
            Incoming last;
            int pongs = -1;
            do {
                last = peer.receive();
                pongs++;
            } while (last.opcode() == PONG);
            assertThat(pongs).isLessThanOrEqualTo(100);
            assertThat(last.closeCode()).isEqualTo(1008);
            assertThat(peer.rest()).isEmpty();
        }
    }

    // ---- SIZE

    @Test
    @Tag("SX-LIM-4")
    void ws_size_2_limitBeforeConnected() throws Exception {
        String start = "CONNECT\naccept-version:1.2\n";
        String line = "x:" + "y".repeat(16_000) + "\n";
        String fits = start + line + line;
        String rest = "z:" + "z".repeat(32_768 - fits.length() - 5) + "\n\n^@";
        try (WebSocketPeer peer = open()) {
            peer.send(fits + rest);
            assertThat(peer.frame()).startsWith("CONNECTED\n");
        }
        try (WebSocketPeer peer = open()) {
            peer.send(fits + "z" + rest);
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1009);
        }
    }
}
