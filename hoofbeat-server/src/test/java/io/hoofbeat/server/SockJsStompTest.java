/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.hoofbeat.server.SockJsServices.session;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.DestinationPolicy;
import io.hoofbeat.broker.DestinationPolicy.Kind;
import io.hoofbeat.server.HttpPeer.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKJS.md, sections 5 and 9: STOMP over SockJS; what waits, what is bounded, and who may. */
class SockJsStompTest {
    private static final String CONNECT = "CONNECT\\naccept-version:1.2\\nhost:h\\n\\n\\u0000";

    private @Nullable StompServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(BrokerOptions.Builder broker, SockJs.Builder sockJs) {
        return start(StompServer.builder()
                .broker(broker.build())
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .origins(Set.of("https://a.example", "https://b.example"))
                        .sockJs(sockJs.build())
                        .build()));
    }

    private int start(StompServer.Builder builder) {
        server = builder.tcp(0).start();
        return server.port("ws");
    }

    private int start() {
        return start(BrokerOptions.builder(), SockJs.builder());
    }

    private static String frame(String... lines) {
        return String.join("\\n", lines) + "\\u0000";
    }

    private RawPeer tcp() throws IOException {
        RawPeer peer = new RawPeer(java.util.Objects.requireNonNull(server).port("tcp"));
        peer.connect();
        return peer;
    }

    private static SockJsPeer connected(int port) throws IOException {
        SockJsPeer peer = SockJsPeer.open(port, "stomp");
        peer.send("[\"" + CONNECT + "\"]");
        assertThat(peer.poll()).startsWith("a[\"CONNECTED\\nversion:1.2\\n");
        return peer;
    }

    /** A stream that is subscribed; CONNECTED has been read. */
    private static HttpPeer subscribed(SockJsPeer peer, String transport, String destination) throws IOException {
        HttpPeer stream = peer.stream(transport);
        assertThat(stream.chunk()).contains("o");
        peer.send("[\"" + CONNECT + frame("SUBSCRIBE", "id:1", "destination:" + destination, "receipt:r", "", "")
                + "\"]");
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf("receipt-id:r") < 0) {
            seen.append(stream.chunk());
        }
        return stream;
    }

    // ---- BIN

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 300, 16 * 1024, 200_001})
    void sj_bin_1_whatIsNoTextIsInBase64(int length) throws IOException {
        int port = start();
        byte[] body = new byte[length];
        new Random(length).nextBytes(body);
        body[0] = (byte) 0xff;
        try (RawPeer publisher = tcp();
                WebSocketPeer socket = WebSocketPeer.open(port, session("stomp") + "/websocket");
                HttpPeer stream = subscribed(SockJsPeer.of(port, "stomp"), "eventsource", "/topic/a")) {
            assertThat(socket.receive().text()).isEqualTo("o");
            socket.send(
                    "[\"" + CONNECT + frame("SUBSCRIBE", "id:1", "destination:/topic/a", "receipt:r", "", "") + "\"]");
            socket.receive();
            assertThat(socket.receive().text()).contains("RECEIPT");
            publisher.write(("SEND\ndestination:/topic/a\ncontent-length:" + length + "\n\n").getBytes(UTF_8));
            publisher.write(body);
            publisher.write((byte) 0);
            String text = Base64.getEncoder().encodeToString(body);
            String head = "\\nbody-encoding:base64\\ncontent-length:" + text.length() + "\\n\\n";
            String event = stream.chunk();
            while (!event.endsWith("]\r\n\r\n")) {
                event += stream.chunk();
            }
            assertThat(event)
                    .startsWith("data: a[\"MESSAGE\\nsubscription:1\\n")
                    .endsWith(head + text + "\\u0000\"]\r\n\r\n");
            StringBuilder message = new StringBuilder();
            WebSocketPeer.Incoming part;
            do {
                part = socket.receive();
                message.append(part.text());
            } while ((part.first() & WebSocketPeer.FINAL) == 0);
            assertThat(message.toString()).startsWith("a[\"MESSAGE\\n").endsWith(head + text + "\\u0000\"]");
        }
    }

    @Test
    void sj_bin_1_textStaysText() throws IOException {
        int port = start();
        try (RawPeer publisher = tcp();
                HttpPeer stream = subscribed(SockJsPeer.of(port, "stomp"), "xhr_streaming", "/topic/a")) {
            publisher.write("SEND\ndestination:/topic/a\ncontent-type:application/octet-stream\n\n\u00e9\"^@");
            assertThat(stream.chunk())
                    .doesNotContain("body-encoding")
                    .endsWith("\\ncontent-length:3\\n\\n\u00e9\\\"\\u0000\"]\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xhr_streaming", "xhr", "eventsource"})
    void largeTextIsCutOnlyBetweenCharacters(String transport) throws IOException {
        int port = start();
        String body = "\u20ac\ud83d\ude00\u00e9%".repeat(30_000);
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        HttpPeer stream = null;
        if (transport.equals("xhr")) {
            peer = connected(port);
            peer.send("[\"" + frame("SUBSCRIBE", "id:1", "destination:/topic/a", "receipt:r", "", "") + "\"]");
            assertThat(peer.poll()).contains("RECEIPT");
        } else {
            stream = subscribed(peer, transport, "/topic/a");
        }
        try (RawPeer publisher = tcp()) {
            publisher.write("SEND\ndestination:/topic/a\nreceipt:r\n\n" + body + "^@");
            assertThat(publisher.frame()).startsWith("RECEIPT");
            StringBuilder seen = new StringBuilder();
            if (stream == null) {
                seen.append(peer.poll());
            } else {
                while (seen.indexOf("\\u0000\"]") < 0) {
                    seen.append(new String(stream.chunkOctets(), java.nio.charset.StandardCharsets.ISO_8859_1));
                }
                String raw = new String(seen.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), UTF_8);
                seen = new StringBuilder(raw);
                stream.close();
            }
            String quoted = body.replace("\ud83d\ude00", "\\ud83d\\ude00");
            String expected = transport.equals("eventsource") ? quoted.replace("%", "%25") : quoted;
            assertThat(seen.toString().strip()).endsWith("\\n\\n" + expected + "\\u0000\"]");
        }
    }

    // ---- SEND-5, BUF-1

    @Test
    void sj_send_5_answerWaitsWhileNothingMoreIsTaken() throws IOException {
        int port = start(
                BrokerOptions.builder()
                        .policy(DestinationPolicy.builder("/queue/full", Kind.QUEUE)
                                .maxMessages(1)
                                .whenFull(DestinationPolicy.WhenFull.HOLD)
                                .build()),
                SockJs.builder());
        SockJsPeer peer = connected(port);
        String large = frame("SEND", "destination:/queue/full", "", "x".repeat(70_000));
        peer.send("[\"" + large + "\"]");
        try (HttpPeer held = new HttpPeer(port);
                HttpPeer behind = new HttpPeer(port);
                RawPeer consumer = tcp()) {
            held.send("POST", peer.session + "/xhr_send", "[\"" + large + "\",\"" + large + "\"]");
            // More than the server reads ahead: the request is not answered, and one behind it neither, until the queue
            // has room.
            consumer.write("SUBSCRIBE\nid:1\ndestination:/queue/other\nreceipt:r\n\n^@");
            assertThat(consumer.frame()).startsWith("RECEIPT");
            await().during(Duration.ofMillis(300)).until(() -> held.available() == 0);
            behind.send(
                    "POST",
                    peer.session + "/xhr_send",
                    "[\"" + frame("SEND", "destination:/queue/full", "", "last") + "\"]");
            consumer.write("SUBSCRIBE\nid:2\ndestination:/queue/full\n\n^@");
            for (int i = 0; i < 3; i++) {
                assertThat(consumer.frame()).endsWith("xxx");
            }
            assertThat(consumer.frame()).endsWith("\n\nlast");
            assertThat(held.response().status()).isEqualTo(204);
            assertThat(behind.response().status()).isEqualTo(204);
        }
    }

    @Test
    @Tag("S12-RCPT-6")
    void whatWasTakenIsDoneAlthoughTheClientIsGone() throws IOException {
        int port = start(
                BrokerOptions.builder()
                        .policy(DestinationPolicy.builder("/queue/full", Kind.QUEUE)
                                .maxMessages(1)
                                .whenFull(DestinationPolicy.WhenFull.HOLD)
                                .build()),
                SockJs.builder());
        SockJsPeer peer = connected(port);
        HttpPeer stream = peer.stream("xhr_streaming");
        try (RawPeer consumer = tcp()) {
            StringBuilder sends = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                sends.append(frame("SEND", "destination:/queue/full", "", "m" + i));
            }
            peer.send("[\"" + sends + "\"]");
            stream.close();
            await().until(() -> peer.post("xhr_send", "[]").status() == 404);
            consumer.write("SUBSCRIBE\nid:2\ndestination:/queue/full\n\n^@");
            for (int i = 0; i < 5; i++) {
                assertThat(consumer.frame()).endsWith("\n\nm" + i);
            }
        }
    }

    @Test
    void sj_buf_1_clientThatDoesNotPollIsDropped() throws IOException {
        int port = start(
                BrokerOptions.builder()
                        .outboxHighWater(64 * 1024)
                        .outboxLowWater(32 * 1024)
                        .stallTime(Duration.ofMillis(200)),
                SockJs.builder().disconnectDelay(Duration.ofSeconds(60)));
        SockJsPeer peer = connected(port);
        peer.send("[\"" + frame("SUBSCRIBE", "id:1", "destination:/topic/a", "receipt:r", "", "") + "\"]");
        assertThat(peer.poll()).contains("receipt-id:r");
        try (RawPeer publisher = tcp()) {
            for (int i = 0; i < 40; i++) {
                publisher.write("SEND\ndestination:/topic/a\nreceipt:" + i + "\n\n" + "x".repeat(10_000) + "^@");
                assertThat(publisher.frame()).startsWith("RECEIPT\nreceipt-id:" + i + "\n");
            }
        }
        assertThat(peer.poll()).contains("\"ERROR\\nmessage:too slow for /topic/a");
        assertThat(peer.poll()).startsWith("c[1008,\"too slow for /topic/a");
    }

    @Test
    void sj_buf_1_messagesBetweenPollsAreKept() throws IOException {
        int port = start();
        SockJsPeer peer = connected(port);
        peer.send("[\"" + frame("SUBSCRIBE", "id:1", "destination:/topic/a", "receipt:r", "", "") + "\"]");
        assertThat(peer.poll()).contains("receipt-id:r");
        try (RawPeer publisher = tcp()) {
            for (int i = 0; i < 200; i++) {
                publisher.write("SEND\ndestination:/topic/a\n\nm" + i + ".^@");
            }
            publisher.write("SEND\ndestination:/topic/b\nreceipt:r\n\n^@");
            assertThat(publisher.frame()).startsWith("RECEIPT");
        }
        String all = peer.poll();
        assertThat(all.split("MESSAGE\\\\n", -1)).hasSize(201);
        for (int i = 0; i < 200; i++) {
            assertThat(all).contains("\\n\\nm" + i + ".\\u0000\"");
        }
    }

    // ---- SEC

    @Test
    void sj_sec_3_laterRequestsComeFromTheSameClient() throws IOException {
        int port = start(StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .origins(Set.of("https://a.example", "https://b.example"))
                        .proxyTrust(Set.of("127.0.0.1"))
                        .build()));
        String[] first = {"Origin: https://a.example", "X-Forwarded-For: 10.1.1.1"};
        String[] otherOrigin = {"Origin: https://b.example", "X-Forwarded-For: 10.1.1.1"};
        String[] otherAddress = {"Origin: https://a.example", "X-Forwarded-For: 10.1.1.2"};
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        assertThat(peer.poll(first)).isEqualTo("o\n");
        for (String[] other : new String[][] {otherOrigin, otherAddress}) {
            assertThat(peer.post("xhr_send", "[\"x\"]", other).status()).isEqualTo(404);
            assertThat(peer.post("xhr", "", other).status()).isEqualTo(404);
        }
        peer.send("[\"" + CONNECT + "\"]", first);
        assertThat(peer.poll(first)).startsWith("a[\"CONNECTED\\n");
    }

    @Test
    void sj_sec_3_addressesMayChangeIfThatIsSaid() throws IOException {
        int port = start(StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .proxyTrust(Set.of("127.0.0.1"))
                        .sockJs(SockJs.builder().sameAddress(false).build())
                        .build()));
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        assertThat(peer.poll("X-Forwarded-For: 10.1.1.1")).isEqualTo("o\n");
        peer.send("[\"" + CONNECT + "\"]", "X-Forwarded-For: 10.1.1.2");
        assertThat(peer.poll("X-Forwarded-For: 10.1.1.3")).startsWith("a[\"CONNECTED\\n");
    }

    @Test
    void sj_sec_4_foreignPageIsRefusedBeforeItsBodyIsRead() throws IOException {
        int port = start();
        SockJsPeer peer = SockJsPeer.open(port, "stomp");
        String[][] requests = {{"Origin: https://evil.example", "403"}, {"Origin: https://a.example", "404"}};
        for (String[] request : requests) {
            try (HttpPeer foreign = new HttpPeer(port)) {
                foreign.write("POST " + peer.session + "/xhr_send HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n"
                        + request[0] + "\r\nContent-Length: 1000\r\n\r\n[\"CON");
                assertThat(foreign.response().status()).isEqualTo(Integer.parseInt(request[1]));
            }
        }
        peer.send("[\"" + CONNECT + "\"]");
        assertThat(peer.poll()).startsWith("a[\"CONNECTED\\n");
    }

    @Test
    void sj_sec_5_sessionsAreCounted() throws IOException {
        int port =
                start(BrokerOptions.builder(), SockJs.builder().maxSessions(2).disconnectDelay(Duration.ofMillis(300)));
        SockJsPeer.open(port, "stomp");
        SockJsPeer.open(port, "stomp");
        assertThat(SockJsPeer.of(port, "stomp").post("xhr", "").status()).isEqualTo(503);
        await().until(() -> SockJsPeer.of(port, "stomp").post("xhr", "").status() == 200);
    }

    @Test
    void sj_sec_5_sessionsOfAnAddressAreCounted() throws IOException {
        int port = start(StompServer.builder()
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .proxyTrust(Set.of("127.0.0.1"))
                        .sockJs(SockJs.builder().maxSessionsPerAddress(1).build())
                        .build()));
        assertThat(SockJsPeer.of(port, "stomp").poll("X-Forwarded-For: 10.1.1.1"))
                .isEqualTo("o\n");
        assertThat(SockJsPeer.of(port, "stomp")
                        .post("xhr", "", "X-Forwarded-For: 10.1.1.1")
                        .status())
                .isEqualTo(503);
        assertThat(SockJsPeer.of(port, "stomp").poll("X-Forwarded-For: 10.1.1.2"))
                .isEqualTo("o\n");
    }

    @Test
    @Tag("SX-LIM-5")
    void sj_sec_5_whoDoesNotConnectIsClosed() throws IOException {
        int port = start(BrokerOptions.builder().connectTimeout(Duration.ofMillis(300)), SockJs.builder());
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        try (HttpPeer stream = peer.stream("xhr_streaming")) {
            assertThat(stream.chunk()).isEqualTo("o\n");
            assertThat(stream.chunk()).startsWith("a[\"ERROR\\nmessage:no complete CONNECT within 300 ms");
            assertThat(stream.chunk()).startsWith("c[1008,\"");
            assertThat(stream.chunk()).isEmpty();
        }
    }

    @Test
    @Tag("SX-LIM-4")
    void sj_sec_8_requestBodiesAreLimited() throws IOException {
        int port = start(BrokerOptions.builder().maxBody(100_000), SockJs.builder());
        SockJsPeer stranger = SockJsPeer.open(port, "stomp");
        String body = "[\"" + "\\n".repeat(40_000) + "\"]";
        assertThat(refused(stranger, body)).isEqualTo(413);
        SockJsPeer known = connected(port);
        known.send("[\"" + "\\n".repeat(130_000) + "\"]"); // of little use, but within the limit
        assertThat(refused(known, "[\"" + "\\n".repeat(300_000) + "\"]")).isEqualTo(413);
        known.send("[\"" + frame("SEND", "destination:/queue/a", "receipt:r", "", "") + "\"]");
        assertThat(known.poll()).contains("receipt-id:r");
    }

    /** The status; the server need not have read it all. */
    private static int refused(SockJsPeer peer, String body) throws IOException {
        try (HttpPeer sender = new HttpPeer(peer.port)) {
            sender.write("POST " + peer.session + "/xhr_send HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body.substring(0, Math.min(body.length(), 600_000)));
            return sender.head().status();
        }
    }

    @Test
    void sj_sec_8_headIsLimited() throws IOException {
        int port = start();
        Response response = HttpPeer.get(port, "/stomp/info?" + "x".repeat(5_000));
        assertThat(response.status()).isEqualTo(431);
        assertThat(HttpPeer.get(port, "/stomp/info", "X: " + "x".repeat(13_000)).status())
                .isEqualTo(431);
    }

    @Test
    void sj_sec_9_urlGivesNobodyALogin() throws IOException {
        int port = start(
                BrokerOptions.builder().authenticator(who -> {
                    assertThat(who.headers().toString()).doesNotContain("secret");
                    return java.util.concurrent.CompletableFuture.failedFuture(
                            new io.hoofbeat.broker.AccessRefusedException("no"));
                }),
                SockJs.builder());
        String query = "?login=ada&passcode=secret&access_token=secret";
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        assertThat(peer.post("xhr" + query, "").body()).isEqualTo("o\n");
        assertThat(peer.post("xhr_send" + query, "[\"" + CONNECT + "\"]").status())
                .isEqualTo(204);
        assertThat(peer.post("xhr" + query, "").body()).startsWith("a[\"ERROR\\nmessage:Access refused");
    }

    @Test
    void serverThatStopsTellsSockJsClientsToo() throws IOException {
        int port = start();
        SockJsPeer peer = SockJsPeer.of(port, "stomp");
        try (HttpPeer stream = subscribed(peer, "xhr_streaming", "/topic/a")) {
            new Thread(() -> java.util.Objects.requireNonNull(server).close()).start();
            assertThat(stream.chunk()).startsWith("a[\"ERROR\\nmessage:the server is shutting down");
            assertThat(stream.chunk()).isEqualTo("c[1001,\"the server is shutting down\"]\n");
            assertThat(stream.chunk()).isEmpty();
            assertThat(stream.rest()).isEmpty();
        }
    }

    @Test
    void loginsMayTakeTheirTime() throws IOException {
        var login = new java.util.concurrent.CompletableFuture<io.hoofbeat.broker.Identity>();
        int port = start(BrokerOptions.builder().authenticator(who -> login), SockJs.builder());
        SockJsPeer peer = SockJsPeer.open(port, "stomp");
        try (HttpPeer sender = new HttpPeer(port)) {
            sender.send(
                    "POST",
                    peer.session + "/xhr_send",
                    "[\"" + CONNECT + frame("SEND", "destination:/queue/a", "receipt:r", "", "") + "\"]");
            await().during(Duration.ofMillis(200)).until(() -> sender.available() == 0);
            login.complete(io.hoofbeat.broker.Identity.ANONYMOUS);
            assertThat(sender.response().status()).isEqualTo(204);
        }
        String seen = peer.poll();
        while (!seen.contains("receipt-id:r")) {
            seen += peer.poll();
        }
        assertThat(seen).startsWith("a[\"CONNECTED\\n");
    }
}
