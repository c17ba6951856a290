/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.broker.BrokerOptions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WEBSOCKET.md, sections 1 to 3. */
class WebSocketHandshakeTest {
    private @Nullable StompServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(Endpoint endpoint) {
        server = StompServer.builder()
                .broker(BrokerOptions.builder()
                        .connectTimeout(Duration.ofMillis(800))
                        .build())
                .endpoint(endpoint)
                .start();
        return server.port("ws");
    }

    private int start() {
        return start(endpoint().build());
    }

    private static Endpoint withoutSockJs() {
        return endpoint().sockJs(SockJs.builder().enabled(false).build()).build();
    }

    private static Endpoint.Builder endpoint() {
        return Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET);
    }

    /** The whole answer to a request. */
    private static String answer(int port, String request) throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            peer.write(request);
            String head = peer.readUpToEmptyLine();
            return head.startsWith("HTTP/1.1 101") ? head : head + peer.body(head);
        }
    }

    private static String status(int port, String request) throws Exception {
        return answer(port, request).split(" ", 3)[1];
    }

    private static final String REQUEST = WebSocketPeer.request("");

    // ---- HS

    @Test
    void ws_hs_1_keyIsAnswered() throws Exception {
        String answer = answer(start(), REQUEST);
        assertThat(answer).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                .contains("\r\nupgrade: websocket\r\n", "\r\nconnection: upgrade\r\n")
                .doesNotContain("sec-websocket-protocol", "sec-websocket-extensions");
        assertThat(answer).containsIgnoringCase("sec-websocket-accept: ayk3qcLy6FMQjMbvBjr86U3hOQY=\r\n");
    }

    @Test
    void ws_hs_1_upgradeHeadersAreListsInAnyCase() throws Exception {
        String request = REQUEST.replace("Upgrade: websocket", "upgrade: h2c, WebSocket")
                .replace("Connection: Upgrade", "connection: keep-alive, uPgRaDe");
        assertThat(status(start(), request)).isEqualTo("101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "no host"})
    void ws_hs_1_needsHttp11AndHost(String what) throws Exception {
        String request =
                what.equals("no host") ? REQUEST.replace("Host: localhost\r\n", "") : REQUEST.replace("HTTP/1.1", what);
        assertThat(status(start(), request)).isEqualTo("400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "0", "14", "13, 8", "x"})
    void ws_hs_2_otherVersionIsToldOurs(String version) throws Exception {
        String answer = answer(start(), REQUEST.replace("Version: 13", "Version: " + version));
        assertThat(answer).startsWith("HTTP/1.1 426 ").containsIgnoringCase("\r\nsec-websocket-version: 13\r\n");
    }

    @Test
    void ws_hs_2_missingVersionIsToldOurs() throws Exception {
        String answer = answer(start(), REQUEST.replace("Sec-WebSocket-Version: 13\r\n", ""));
        assertThat(answer).startsWith("HTTP/1.1 426 ").containsIgnoringCase("\r\nsec-websocket-version: 13\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Sec-WebSocket-Key: aG9vZmJlYXQ=\r\n",
                "Sec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5M!==\r\n",
                "Sec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5MTIzNDU2Nzg=\r\n",
                "Sec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5MQ==\r\nSec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5MQ==\r\n"
            })
    void ws_hs_3_keyMustBeSixteenOctetsOnce(String key) throws Exception {
        String request = REQUEST.replace("Sec-WebSocket-Key: aG9vZmJlYXQtd3Mta2V5MQ==\r\n", key);
        assertThat(status(start(), request)).isEqualTo("400");
    }

    @Test
    void ws_hs_3_requestWithoutUpgradeIsTold() throws Exception {
        String answer = answer(start(withoutSockJs()), "GET /stomp HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 426 ").containsIgnoringCase("\r\nupgrade: websocket\r\n");
        assertThat(answer).endsWith("\r\n\r\nthis is for WebSocket\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PUT", "OPTIONS"})
    void ws_hs_3_otherMethodIsRefused(String method) throws Exception {
        String answer = answer(
                start(withoutSockJs()), method + " /stomp HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
        assertThat(answer).startsWith("HTTP/1.1 405 ").containsIgnoringCase("\r\nallow: GET\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/stomp, 101",
        "/stomp?token=abc, 101",
        "/stomp/, 404",
        "/Stomp, 404",
        "/stompx, 404",
        "/, 404",
        "/other?x=/stomp, 404"
    })
    void ws_hs_4_pathMustMatchExactly(String path, String status) throws Exception {
        assertThat(status(start(), REQUEST.replace("GET /stomp ", "GET " + path + " ")))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /stomp HTTP/1.1\r\n"})
    @Tag("SX-LIM-5")
    void ws_hs_5_handshakeHasToEnd(String begun) throws Exception {
        try (RawPeer peer = new RawPeer(start())) {
            long start = System.nanoTime();
            peer.write(begun);
            assertThat(peer.rest()).isEmpty();
            assertThat(System.nanoTime() - start).isBetween(750_000_000L, 1_800_000_000L);
        }
    }

    @Test
    @Tag("SX-LIM-5")
    void ws_hs_5_connectBelongsToTheSameTime() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(start())) {
            long start = System.nanoTime();
            peer.handshake("");
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1008);
            assertThat(System.nanoTime() - start).isBetween(750_000_000L, 1_800_000_000L);
        }
    }

    @Test
    void ws_hs_6_whatIsSentRightBehindTheRequestIsKept() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(start())) {
            byte[] connect = WebSocketPeer.encode(
                    WebSocketPeer.FINAL | WebSocketPeer.TEXT,
                    RawPeer.octets(
                            "CONNECT\naccept-version:1.2\n\n^@SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@"));
            java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            all.writeBytes(RawPeer.octets(REQUEST));
            all.writeBytes(connect);
            peer.write(all.toByteArray());
            assertThat(peer.readUpToEmptyLine()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.frame()).startsWith("CONNECTED\n");
            assertThat(peer.frame()).startsWith("RECEIPT\n");
        }
    }

    @Test
    void ws_hs_8_forwardedIsBelievedFromTrustedProxiesOnly() throws Exception {
        String forwarded =
                "Origin: https://example.org\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: example.org\r\n";
        assertThat(status(start(), WebSocketPeer.request(forwarded))).isEqualTo("403");
        stop();
        int trusting = start(endpoint().proxyTrust(Set.of("127.0.0.0/8")).build());
        assertThat(status(trusting, WebSocketPeer.request(forwarded))).isEqualTo("101");
        assertThat(
                        status(
                                trusting,
                                WebSocketPeer.request(
                                        "Origin: https://example.org\r\nForwarded: for=1.2.3.4;proto=https;host=example.org\r\n")))
                .isEqualTo("101");
    }

    @Test
    void ws_test_4_noHttp2() throws Exception {
        int port = start(withoutSockJs());
        String upgrade = REQUEST.replace("Upgrade: websocket", "Upgrade: h2c")
                .replace(
                        "Connection: Upgrade",
                        "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__");
        assertThat(answer(port, upgrade)).startsWith("HTTP/1.1 426 ").containsIgnoringCase("upgrade: websocket\r\n");
        assertThat(answer(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 4");
    }

    @Test
    void requestHeadIsLimited() throws Exception {
        int port = start();
        assertThat(status(port, WebSocketPeer.request("X: " + "x".repeat(11_000) + "\r\n")))
                .isEqualTo("101");
        assertThat(status(port, WebSocketPeer.request("X: " + "x".repeat(13_000) + "\r\n")))
                .isEqualTo("431");
        assertThat(status(port, REQUEST.replace("/stomp", "/" + "x".repeat(5_000))))
                .isEqualTo("431");
        assertThat(status(port, "what is this\r\n\r\n")).isEqualTo("400");
    }

    // ---- ORG

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // origin | configured | Host | status
                "- | - | localhost | 101",
                "http://localhost | - | localhost | 101",
                "http://localhost:80 | - | localhost | 101",
                "HTTP://LOCALHOST | - | localhost:80 | 101",
                "https://localhost | - | localhost | 403",
                "http://localhost:8081 | - | localhost | 403",
                "http://localhost:8081 | - | localhost:8081 | 101",
                "http://evil.example | - | localhost | 403",
                "http://localhost.evil.example | - | localhost | 403",
                "null | - | localhost | 403",
                "null | null | localhost | 101",
                "null | * | localhost | 403",
                "https://a.example | https://a.example | localhost | 101",
                "https://a.example:443 | https://a.example/ | localhost | 101",
                "http://a.example | https://a.example | localhost | 403",
                "https://b.a.example | https://*.a.example | localhost | 101",
                "https://a.example | https://*.a.example | localhost | 403",
                "https://b.a.example.evil | https://*.a.example | localhost | 403",
                "https://evil/.a.example | https://*.a.example | localhost | 403",
                "https://a.example:8443 | https://a.example:* | localhost | 101",
                "https://anything.example | * | localhost | 101",
            })
    @Tag("WS-ORG-2")
    void ws_org_1_originIsChecked(@Nullable String origin, @Nullable String configured, String host, String status)
            throws Exception {
        int port = start(endpoint()
                .origins(configured == null ? Set.of() : Set.of(configured))
                .build());
        String request = WebSocketPeer.request(origin == null ? "" : "Origin: " + origin + "\r\n")
                .replace("Host: localhost", "Host: " + host);
        assertThat(status(port, request)).isEqualTo(status);
    }

    // ---- SUB

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "v10.stomp | v10.stomp",
                "v11.stomp | v11.stomp",
                "v12.stomp | v12.stomp",
                "v10.stomp, v11.stomp | v11.stomp",
                "v11.stomp, v10.stomp | v11.stomp",
                "v10.stomp, v12.stomp | v12.stomp",
                "v12.stomp, v10.stomp | v12.stomp",
                "v11.stomp, v12.stomp | v12.stomp",
                "v12.stomp, v11.stomp | v12.stomp",
                "v10.stomp, v11.stomp, v12.stomp | v12.stomp",
                "v10.stomp,v12.stomp,v11.stomp | v12.stomp",
                "v11.stomp, v10.stomp, v12.stomp | v12.stomp",
                "v11.stomp, v12.stomp, v10.stomp | v12.stomp",
                "v12.stomp, v10.stomp, v11.stomp | v12.stomp",
                "v12.stomp, v11.stomp, v10.stomp | v12.stomp",
                "V12.STOMP, v11.stomp | V12.STOMP",
                "mqtt, v11.stomp, x | v11.stomp",
                "mqtt | -",
                "v13.stomp | -",
            })
    @Tag("WS-SUB-1")
    @Tag("WS-SUB-4")
    void ws_sub_2_highestIsChosen(String offered, @Nullable String chosen) throws Exception {
        String answer = answer(start(), WebSocketPeer.request("Sec-WebSocket-Protocol: " + offered + "\r\n"));
        assertThat(answer).startsWith("HTTP/1.1 101 ");
        assertThat(answer.lines()
                        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-protocol: ")))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .isEqualTo(chosen == null ? java.util.List.of() : java.util.List.of(chosen));
    }

    @Test
    void ws_sub_1_offersMayBeSpreadOverLines() throws Exception {
        String answer = answer(
                start(),
                WebSocketPeer.request("Sec-WebSocket-Protocol: v10.stomp\r\nSec-WebSocket-Protocol: v11.stomp\r\n"));
        assertThat(answer).containsIgnoringCase("sec-websocket-protocol: v11.stomp\r\n");
    }

    @Test
    void ws_sub_3_nothingOfferedIsFine() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(start())) {
            assertThat(peer.handshake("").response()).doesNotContainIgnoringCase("sec-websocket-protocol");
            assertThat(peer.connect()).contains("\nversion:1.2\n");
        }
    }

    @Test
    void ws_sub_5_connectDecidesTheVersion() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(start())) {
            peer.handshake("Sec-WebSocket-Protocol: v12.stomp\r\n");
            peer.send("CONNECT\naccept-version:1.1\nhost:h\n\n^@");
            assertThat(peer.frame()).contains("\nversion:1.1\n");
        }
    }
}
