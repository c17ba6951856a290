/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.SockJsServices.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.server.HttpPeer.Response;
import io.hoofbeat.server.WebSocketPeer.Incoming;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, section 7: SockJS in WebSocket, and WebSocket beside it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SockJsWebSocketTest {
    private SockJsServices services;

    @BeforeAll
    void start() {
        services = SockJsServices.start();
    }

    @AfterAll
    void stop() {
        services.close();
    }

    private WebSocketPeer open(String service) throws IOException {
        WebSocketPeer peer = WebSocketPeer.open(services.port, session(service) + "/websocket");
        assertThat(peer.receive().text()).isEqualTo("o");
        return peer;
    }

    private Response status(String request) throws IOException {
        try (HttpPeer peer = new HttpPeer(services.port)) {
            peer.write(request);
            return peer.response();
        }
    }

    @Test
    void sj_ws_1_requestWithoutUpgrade() throws IOException {
        assertThat(HttpPeer.get(services.port, "/echo/0/0/websocket").status()).isEqualTo(400);
        assertThat(HttpPeer.get(services.port, "/echo/websocket").status()).isEqualTo(400);
    }

    @Test
    void sj_ws_2_connectionHeaderThatAProxyHasChanged() throws IOException {
        Response response =
                HttpPeer.get(services.port, "/echo/0/0/websocket", "Upgrade: WebSocket", "Connection: close");
        assertThat(response.status()).isEqualTo(400);
    }

    @Test
    void sj_ws_3_otherMethod() throws IOException {
        for (String[] headers : new String[][] {{"Upgrade: WebSocket", "Connection: Upgrade"}, {}}) {
            Response response = HttpPeer.post(services.port, "/echo/0/0/websocket", "", headers);
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("Allow")).isEqualTo("GET");
            assertThat(response.headers()).doesNotContainKey("content-type");
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void sj_ws_4_upgrade() throws IOException {
        String request = WebSocketPeer.request("Sec-WebSocket-Origin: http://asd\r\n")
                .replace("GET /stomp ", "GET " + session("echo") + "/websocket ")
                .replace("aG9vZmJlYXQtd3Mta2V5MQ==", "x3JJHMbDL1EzLkh9GBhXDw==");
        try (HttpPeer peer = new HttpPeer(services.port)) {
            peer.write(request);
            Response head = peer.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.header("Sec-WebSocket-Accept")).isEqualTo("HSmrc0sMlYUkAGmm5OPpG2HaGWk=");
            assertThat(head.header("Connection").toLowerCase(Locale.ROOT)).isEqualTo("upgrade");
            assertThat(head.header("Upgrade").toLowerCase(Locale.ROOT)).isEqualTo("websocket");
            assertThat(head.headers()).doesNotContainKeys("content-length", "transfer-encoding");
        }
    }

    @Test
    void sj_ws_5_messagesAreFrames() throws IOException {
        try (WebSocketPeer peer = open("echo")) {
            peer.send("[\"a\"]");
            assertThat(peer.receive().text()).isEqualTo("a[\"a\"]");
            peer.send("\"b\"").send("[\"c\",\"d\"]");
            assertThat(peer.receive().text()).isEqualTo("a[\"b\"]");
            assertThat(peer.receive().text()).isEqualTo("a[\"c\"]");
            assertThat(peer.receive().text()).isEqualTo("a[\"d\"]");
        }
    }

    @Test
    void sj_ws_5_messageInFragments() throws IOException {
        try (WebSocketPeer peer = open("echo")) {
            peer.send(WebSocketPeer.TEXT, RawPeer.octets("[\"fra"));
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.PING, RawPeer.octets("?"));
            peer.send(0, RawPeer.octets("g"));
            peer.send(0, RawPeer.octets("ments\"]"));
            peer.send(WebSocketPeer.FINAL, new byte[0]);
            assertThat(peer.receive().opcode()).isEqualTo(WebSocketPeer.PONG);
            assertThat(peer.receive().text()).isEqualTo("a[\"fragments\"]");
        }
    }

    @Test
    void sj_frame_3_nothingIsNoMessageInWebSocket() throws IOException {
        try (WebSocketPeer peer = open("echo")) {
            peer.send("").send("[]").send("[\"a\"]");
            assertThat(peer.receive().text()).isEqualTo("a[\"a\"]");
        }
    }

    @Test
    void sj_ws_6_closeFrameThenClose() throws IOException {
        try (WebSocketPeer peer = open("close")) {
            assertThat(peer.receive().text()).isEqualTo("c[3000,\"Go away!\"]");
            Incoming close = peer.receive();
            assertThat(close.opcode()).isEqualTo(WebSocketPeer.CLOSE);
            assertThat(close.closeCode()).isEqualTo(3000);
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.CLOSE, WebSocketPeer.close(3000, ""));
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void sj_ws_6_otherCodesAre1000() throws IOException {
        try (WebSocketPeer peer = open("stomp")) {
            peer.send("[\"NONSENSE\\n\\n\\u0000\"]");
            assertThat(peer.receive().text()).startsWith("a[\"ERROR\\n");
            assertThat(peer.receive().text()).startsWith("c[1002,\"");
            assertThat(peer.receive().closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void sj_ws_7_sameIdIsAnotherSession() throws IOException {
        String path = session("echo") + "/websocket";
        try (WebSocketPeer first = WebSocketPeer.open(services.port, path);
                WebSocketPeer second = WebSocketPeer.open(services.port, path)) {
            assertThat(first.receive().text()).isEqualTo("o");
            assertThat(second.receive().text()).isEqualTo("o");
            first.send("[\"a\"]");
            second.send("[\"b\"]");
            assertThat(first.receive().text()).isEqualTo("a[\"a\"]");
            assertThat(second.receive().text()).isEqualTo("a[\"b\"]");
        }
        try (WebSocketPeer again = WebSocketPeer.open(services.port, path)) {
            assertThat(again.receive().text()).isEqualTo("o");
        }
        String polled = path.replace("/websocket", "/xhr");
        assertThat(HttpPeer.post(services.port, polled, "").body()).isEqualTo("o\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a", "{}", "[1]", "x", "\"a\"b", "[\"\\ud8\"]"})
    void sj_ws_8_brokenJsonIsTheEnd(String broken) throws IOException {
        try (WebSocketPeer peer = open("echo")) {
            peer.send(broken);
            assertThat(peer.receive().text()).isEqualTo("c[1007,\"Broken JSON encoding.\"]");
            assertThat(peer.receive().closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void sj_ws_9_oldDraftIsNotSpoken() throws IOException {
        Response response = HttpPeer.get(
                services.port,
                session("echo") + "/websocket",
                "Connection: Upgrade",
                "Upgrade: WebSocket",
                "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5",
                "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00");
        assertThat(response.status()).isEqualTo(400);
    }

    @Test
    void sj_ws_10_versionComesFromConnectAlone() throws IOException {
        try (WebSocketPeer peer = open("stomp")) {
            assertThat(peer.response()).doesNotContainIgnoringCase("sec-websocket-protocol");
            peer.send("[\"CONNECT\\naccept-version:1.1\\nhost:h\\n\\n\\u0000\"]");
            assertThat(peer.receive().text())
                    .startsWith("a[\"CONNECTED\\nversion:1.1\\n")
                    .endsWith("\\n\\n\\u0000\"]");
        }
    }

    @Test
    void sj_ws_11_binaryIsNotAccepted() throws IOException {
        try (WebSocketPeer peer = open("echo")) {
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.BINARY, RawPeer.octets("[\"a\"]"));
            assertThat(peer.receive().text()).startsWith("c[1003,\"");
            assertThat(peer.receive().opcode()).isEqualTo(WebSocketPeer.CLOSE);
        }
    }

    @Test
    void sj_ws_11_stompFramesMayBeCutAnywhere() throws IOException {
        try (WebSocketPeer peer = open("stomp")) {
            peer.send("[\"CONNECT\\naccept-\",\"version:1.2\\nhost:h\\n\"]")
                    .send("[\"\\n\\u0000SUBSCRIBE\\nid:1\\n\"]");
            assertThat(peer.receive().text()).startsWith("a[\"CONNECTED\\n");
            peer.send(
                    "[\"destination:/topic/a\\n\\n\\u0000SEND\\ndestination:/topic/a\\n\\n\\\"\u00e9\\ud83d\\ude00\\u0000\"]");
            assertThat(peer.receive().text())
                    .startsWith("a[\"MESSAGE\\nsubscription:1\\nmessage-id:")
                    .endsWith("\\ncontent-length:7\\n\\n\\\"\u00e9\\ud83d\\ude00\\u0000\"]");
        }
    }

    @ParameterizedTest
    @CsvSource({"/echo/websocket", "/echo", "/raw"})
    void sj_raw_1_noFraming(String path) throws IOException {
        try (WebSocketPeer peer = WebSocketPeer.open(services.port, path)) {
            peer.send("Hello world!\uffff");
            assertThat(peer.receive().text()).isEqualTo("Hello world!\uffff");
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.BINARY, new byte[] {1, -1});
            Incoming binary = peer.receive();
            assertThat(binary.opcode()).isEqualTo(WebSocketPeer.BINARY);
            assertThat(binary.payload()).containsExactly(1, -1);
        }
    }

    @Test
    void sj_raw_1_stompWithItsSubprotocols() throws IOException {
        try (WebSocketPeer peer = new WebSocketPeer(services.port)) {
            peer.write(WebSocketPeer.request("Sec-WebSocket-Protocol: v11.stomp, v12.stomp\r\n")
                    .replace("/stomp HTTP", "/stomp/websocket HTTP"));
            assertThat(peer.readUpToEmptyLine()).containsIgnoringCase("sec-websocket-protocol: v12.stomp\r\n");
            assertThat(peer.connect()).startsWith("CONNECTED\nversion:1.2\n");
        }
    }

    @Test
    void sj_raw_2_closesWithTheReason() throws IOException {
        try (WebSocketPeer peer = WebSocketPeer.open(services.port, "/close/websocket")) {
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(3000);
            assertThat(close.closeReason()).isEqualTo("Go away!");
        }
    }

    @Test
    void sj_sec_1_originsAreCheckedInWebSocketsToo() throws IOException {
        for (String path : new String[] {session("echo") + "/websocket", "/echo/websocket", "/echo"}) {
            String request =
                    WebSocketPeer.request("Origin: https://evil.example\r\n").replace("/stomp", path);
            assertThat(status(request).status()).isEqualTo(403);
        }
    }

    @Test
    void sj_sec_8_messageOfAStrangerIsSmall() throws IOException {
        try (WebSocketPeer peer = open("stomp")) {
            peer.send("[\"" + "\\n".repeat(40_000) + "\"]");
            assertThat(peer.receive().text()).startsWith("c[1009,\"");
        }
    }
}
