/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.server.WebSocketPeer.Incoming;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket without STOMP: application code, as it is called and what it can do. */
class WebSocketHandlerTest {
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, WebSocketSession> sessions = new ConcurrentHashMap<>();
    private @Nullable StompServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(WebSocketHandler handler) {
        return start(StompServer.builder().webSocket("/chat", handler));
    }

    private int start(StompServer.Builder builder) {
        server = builder.eventLoops(1).webSocket(0, "/stomp").start();
        return server.port("ws");
    }

    /** Notes what happens. */
    private class Noting implements WebSocketHandler {
        @Override
        public void onOpen(WebSocketSession session) throws Exception {
            sessions.put(session.id(), session);
            seen.add("open");
        }

        @Override
        public void onText(WebSocketSession session, String text) throws Exception {
            seen.add("text " + text);
        }

        @Override
        public void onBinary(WebSocketSession session, byte[] octets) throws Exception {
            seen.add("binary " + octets.length);
        }

        @Override
        public void onClose(WebSocketSession session, int code, String reason) throws Exception {
            sessions.remove(session.id());
            seen.add("close " + code + " " + reason);
        }
    }

    private WebSocketPeer open(int port) throws IOException {
        return WebSocketPeer.open(port, "/chat");
    }

    private WebSocketSession only() {
        await().until(() -> sessions.size() == 1);
        return sessions.values().iterator().next();
    }

    @Test
    void handlerIsToldEverythingInOrder() throws IOException {
        int port = start(new Noting());
        try (WebSocketPeer peer = open(port)) {
            peer.send("first").send(WebSocketPeer.FINAL | WebSocketPeer.BINARY, new byte[3]);
            peer.send(WebSocketPeer.TEXT, RawPeer.octets("in ")).send(WebSocketPeer.FINAL, RawPeer.octets("two"));
            peer.send("");
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.CLOSE, WebSocketPeer.close(4001, "so long"));
            assertThat(peer.receive().closeCode()).isEqualTo(4001);
        }
        await().untilAsserted(() -> assertThat(seen)
                .containsExactly("open", "text first", "binary 3", "text in two", "text ", "close 4001 so long"));
    }

    @Test
    void broadcastToSomeOfThem() throws IOException {
        int port = start(new Noting() {
            @Override
            public void onHandshake(Handshake handshake) {
                handshake.attributes().put("room", handshake.parameter("room").orElse("none"));
            }

            @Override
            public void onText(WebSocketSession session, String text) {
                Object room = String.valueOf(session.attributes().get("room"));
                sessions.values().stream()
                        .filter(other -> room.equals(other.attributes().get("room")))
                        .forEach(other -> other.send(room + ": " + text));
            }
        });
        try (WebSocketPeer ada = WebSocketPeer.open(port, "/chat?room=a%20b");
                WebSocketPeer bob = WebSocketPeer.open(port, "/chat?x=y&room=a+b");
                WebSocketPeer eve = WebSocketPeer.open(port, "/chat?room=c")) {
            await().until(() -> sessions.size() == 3);
            ada.send("hello");
            assertThat(ada.receive().text()).isEqualTo("a b: hello");
            assertThat(bob.receive().text()).isEqualTo("a b: hello");
            eve.send("alone");
            assertThat(eve.receive().text()).isEqualTo("c: alone");
        }
    }

    @Test
    void sessionKnowsItsHandshake() throws IOException {
        int port = start(new Noting() {
            @Override
            public void onHandshake(Handshake handshake) {
                assertThat(handshake.subprotocols()).containsExactly("b", "a");
                handshake.user("ada").subprotocol("a");
            }
        });
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            peer.write(WebSocketPeer.request("X-Token: abc\r\nCookie: a=b\r\nSec-WebSocket-Protocol: b, a\r\n")
                    .replace("/stomp", "/chat?q=1"));
            assertThat(peer.readUpToEmptyLine()).containsIgnoringCase("sec-websocket-protocol: a\r\n");
            WebSocketSession session = only();
            assertThat(session.user()).hasValue("ada");
            assertThat(session.remoteAddress()).isEqualTo("127.0.0.1");
            assertThat(session.handshake().header("x-token")).hasValue("abc");
            assertThat(session.handshake().header("COOKIE")).hasValue("a=b");
            assertThat(session.handshake().query()).isEqualTo("q=1");
            assertThat(session.handshake().path()).isEqualTo("/chat");
            assertThat(session.handshake().transport()).isEqualTo("ws");
            assertThat(session.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 401, 503})
    void handshakeCanBeRefused(int status) throws IOException {
        int port = start(StompServer.builder().sockJs("/chat", new Noting() {
            @Override
            public void onHandshake(Handshake handshake) {
                if (status == 0) {
                    throw new IllegalStateException("a failure of the application");
                }
                handshake.refuse(status);
            }
        }));
        int expected = status == 0 ? 500 : status;
        assertThatThrownBy(() -> open(port)).hasMessageContaining("HTTP/1.1 " + expected);
        assertThat(SockJsPeer.of(port, "chat").post("xhr", "").status()).isEqualTo(expected);
        try (WebSocketPeer stomp = WebSocketPeer.open(port)) {
            assertThat(stomp.connect()).startsWith("CONNECTED\n");
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void applicationCloses() throws IOException {
        int port = start(new Noting());
        try (WebSocketPeer peer = open(port)) {
            WebSocketSession session = only();
            session.send("the last");
            session.close(4711, "enough");
            session.send("too late");
            assertThat(peer.receive().text()).isEqualTo("the last");
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(4711);
            assertThat(close.closeReason()).isEqualTo("enough");
            peer.send(WebSocketPeer.FINAL | WebSocketPeer.CLOSE, close.payload());
            await().until(() -> seen.contains("close 4711 enough"));
            assertThat(session.isOpen()).isFalse();
        }
    }

    @Test
    void argumentsAreChecked() throws IOException {
        int port = start(new Noting());
        try (WebSocketPeer peer = open(port)) {
            WebSocketSession session = only();
            for (int code : new int[] {0, 999, 1001, 1005, 1006, 2999, 5000}) {
                assertThatThrownBy(() -> session.close(code, "")).isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> session.close(3000, "x".repeat(124))).isInstanceOf(IllegalArgumentException.class);
            assertThat(session.isOpen()).isTrue();
            session.send("still there");
            assertThat(peer.receive().text()).isEqualTo("still there");
        }
    }

    @Test
    void lostConnectionIsTold() throws IOException {
        int port = start(new Noting());
        WebSocketPeer peer = open(port);
        only();
        peer.socket.setSoLinger(true, 0);
        peer.close();
        await().until(() -> seen.contains("close 1006 "));
    }

    @Test
    void failureOfTheHandlerClosesTheSession() throws IOException {
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        int port = start(StompServer.builder()
                .broker(BrokerOptions.builder()
                        .listener(new BrokerListener() {
                            @Override
                            public void handlerFailed(String destination, Throwable failure) {
                                failures.add(destination + " " + failure.getMessage());
                            }
                        })
                        .build())
                .webSocket("/chat", new Noting() {
                    @Override
                    public void onText(WebSocketSession session, String text) {
                        throw new IllegalStateException("secret detail");
                    }
                }));
        try (WebSocketPeer peer = open(port)) {
            peer.send("x");
            Incoming close = peer.receive();
            assertThat(close.closeCode()).isEqualTo(1011);
            assertThat(close.closeReason()).isEqualTo("internal failure");
            assertThat(failures).containsExactly("/chat secret detail");
        }
        await().until(() -> seen.contains("close 1011 internal failure"));
    }

    @Test
    void handlerThatBlocksStopsNobodyElse() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        int port = start(new Noting() {
            @Override
            public void onText(WebSocketSession session, String text) throws Exception {
                if (text.equals("block")) {
                    goOn.await();
                }
                session.send(text);
            }
        });
        // One event loop for all of them.
        try (WebSocketPeer blocked = open(port);
                WebSocketPeer other = open(port);
                WebSocketPeer stomp = WebSocketPeer.open(port)) {
            blocked.send("block").send("behind");
            blocked.send(WebSocketPeer.FINAL | WebSocketPeer.PING, new byte[1]);
            assertThat(blocked.receive().opcode()).isEqualTo(WebSocketPeer.PONG);
            other.send("free");
            assertThat(other.receive().text()).isEqualTo("free");
            assertThat(stomp.connect()).startsWith("CONNECTED\n");
            goOn.countDown();
            assertThat(blocked.receive().text()).isEqualTo("block");
            assertThat(blocked.receive().text()).isEqualTo("behind");
        }
    }

    @Test
    void clientOfABusyHandlerIsNotReadFrom() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        int messages = 400;
        int port = start(StompServer.builder().handlerMaxMessageBytes(64 * 1024).webSocket("/chat", new Noting() {
            @Override
            public void onBinary(WebSocketSession session, byte[] octets) throws Exception {
                goOn.await();
                super.onBinary(session, octets);
            }
        }));
        byte[] large = WebSocketPeer.encode(WebSocketPeer.FINAL | WebSocketPeer.BINARY, new byte[60_000]);
        try (WebSocketPeer peer = open(port)) {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        peer.write(large);
                    }
                } catch (IOException e) {
                    seen.add("failed " + e);
                }
            });
            writer.start();
            // 24 MB go into no socket's buffers: the writer waits.
            await().during(java.time.Duration.ofMillis(300)).until(writer::isAlive);
            assertThat(seen).doesNotContain("binary 60000");
            goOn.countDown();
            writer.join(20_000);
            await().until(() -> seen.stream().filter("binary 60000"::equals).count() == messages);
        }
    }

    @Test
    void messageThatIsTooLargeIsTheEnd() throws IOException {
        int port = start(StompServer.builder().handlerMaxMessageBytes(2_000).sockJs("/chat", new Noting()));
        for (String path : new String[] {"/chat/websocket", "/chat/0/0/websocket"}) {
            try (WebSocketPeer peer = WebSocketPeer.open(port, path)) {
                String message = "x".repeat(5_100);
                peer.send(path.endsWith("0/websocket") ? "[\"" + message + "\"]" : message);
                Incoming frame = peer.receive();
                while (frame.opcode() != WebSocketPeer.CLOSE && !frame.text().startsWith("c[")) {
                    frame = peer.receive();
                }
                assertThat(frame.opcode() == WebSocketPeer.CLOSE ? frame.closeCode() : 1009)
                        .isEqualTo(1009);
                assertThat(frame.text()).contains("a message of more than ");
            }
        }
        assertThat(seen.stream().filter(what -> what.startsWith("text"))).isEmpty();
    }

    @Test
    void clientThatTakesNothingIsClosed() throws Exception {
        int port = start(StompServer.builder().handlerMaxUnsentBytes(100_000).webSocket("/chat", new Noting()));
        try (WebSocketPeer peer = open(port)) {
            WebSocketSession session = only();
            byte[] large = new byte[50_000];
            for (int i = 0; i < 10_000 && session.isOpen(); i++) {
                session.send(large);
                assertThat(session.unsentBytes()).isLessThan(160_000);
            }
            assertThat(session.isOpen()).isFalse();
            await().until(() -> seen.contains("close 1008 too slow"));
            // What the socket had taken by then comes whole, and the Close behind it, if there was room for that.
            assertThat(peer.receive().opcode()).isIn(WebSocketPeer.BINARY, WebSocketPeer.CLOSE);
        }
    }

    @Test
    void manyThreadsMaySend() throws Exception {
        int port = start(new Noting());
        try (WebSocketPeer peer = open(port)) {
            WebSocketSession session = only();
            List<Thread> threads = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(number -> new Thread(() -> {
                        for (int i = 0; i < 250; i++) {
                            session.send(number + ":" + i);
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            int[] next = new int[4];
            for (int i = 0; i < 1_000; i++) {
                String[] parts = peer.receive().text().split(":");
                int number = Integer.parseInt(parts[0]);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(next[number]++);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void sockJsHasNoBinaryMessages() throws IOException {
        int port = start(StompServer.builder().sockJs("/chat", new Noting()));
        SockJsPeer.open(port, "chat");
        WebSocketSession session = only();
        assertThat(session.handshake().transport()).isEqualTo("sockjs");
        assertThatThrownBy(() -> session.send(new byte[1])).isInstanceOf(UnsupportedOperationException.class);
        assertThat(session.isOpen()).isTrue();
    }

    @Test
    void compressedMessagesAreInflatedAndLongOnesCompressed() throws IOException {
        int port = start(StompServer.builder().webSocket("/chat", new SockJsServices.Echo()));
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            peer.write(WebSocketPeer.request("Sec-WebSocket-Extensions: permessage-deflate\r\n")
                    .replace("/stomp", "/chat"));
            assertThat(peer.readUpToEmptyLine()).containsIgnoringCase("permessage-deflate");
            peer.send("x".repeat(10_000));
            Incoming echo = peer.receive();
            assertThat(echo.first()).isEqualTo(WebSocketPeer.FINAL | WebSocketPeer.RSV1 | WebSocketPeer.TEXT);
            assertThat(echo.payload()).hasSizeLessThan(200);
            peer.send(echo.first(), echo.payload());
            assertThat(peer.receive().payload()).isEqualTo(echo.payload());
        }
    }

    @Test
    void serverThatStopsTellsHandlersAndClients() throws IOException {
        int port = start(StompServer.builder().sockJs("/chat", new Noting()));
        try (WebSocketPeer peer = WebSocketPeer.open(port, "/chat/websocket")) {
            SockJsPeer.open(port, "chat");
            await().until(() -> sessions.size() == 2);
            new Thread(() -> java.util.Objects.requireNonNull(server).close()).start();
            assertThat(peer.receive().closeCode()).isEqualTo(1001);
        }
        await().until(() -> sessions.isEmpty());
        assertThat(seen).contains("close 1001 the server is shutting down");
        assertThat(Set.copyOf(seen)).hasSize(2);
    }
}
