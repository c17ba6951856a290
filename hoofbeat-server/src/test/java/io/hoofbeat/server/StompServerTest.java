/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hoofbeat.broker.BrokerListener;
import io.hoofbeat.broker.BrokerOptions;
import io.hoofbeat.broker.Identity;
import io.hoofbeat.broker.Session;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server as a whole: where it listens, whom it lets in, and what it leaves behind. */
class StompServerTest {

    private static Endpoint.Builder tcp() {
        return Endpoint.builder("tcp", Endpoint.Kind.TCP);
    }

    private static StompServer start(Endpoint.Builder endpoint) {
        return StompServer.builder().endpoint(endpoint.build()).start();
    }

    @Test
    void portsAreTold() {
        try (StompServer server =
                StompServer.builder().tcp(0).webSocket(0, "/stomp").start()) {
            assertThat(server.endpoints())
                    .extracting(Endpoint::toString)
                    .containsExactly(
                            "tcp on 127.0.0.1:" + server.port("tcp"),
                            "ws on 127.0.0.1:" + server.port("ws") + "/stomp");
            assertThatThrownBy(() -> server.port("wss")).hasMessage("no endpoint is named wss");
        }
    }

    @Test
    void twoEndpointsOfOneName() {
        StompServer.Builder builder = StompServer.builder().tcp(0);
        assertThatThrownBy(() -> builder.tcp(1)).hasMessage("two endpoints are named tcp");
    }

    @Test
    void portInUseIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> StompServer.builder()
                            .tcp(0)
                            .endpoint(Endpoint.builder("other", Endpoint.Kind.TCP)
                                    .port(port)
                                    .build())
                            .start())
                    .isInstanceOf(java.io.UncheckedIOException.class)
                    .hasMessageContaining("other on 127.0.0.1:" + port)
                    .hasMessageContaining("in use");
        }
        assertNoThreads();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void anybodyFromAnywhereMustBeMeant(String host) {
        assertThatThrownBy(() -> start(tcp().host(host)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("endpoint tcp on")
                .hasMessageContaining("users")
                .hasMessageContaining("allow-anonymous: true");
        start(tcp().host(host).allowAnonymous(true)).close();
        StompServer.builder()
                .broker(BrokerOptions.builder()
                        .authenticator(who -> CompletableFuture.completedFuture(Identity.ANONYMOUS))
                        .build())
                .endpoint(tcp().host(host).build())
                .start()
                .close();
    }

    @Test
    void serversLiveSideBySide() throws Exception {
        List<StompServer> servers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            servers.add(StompServer.builder().tcp(0).eventLoops(1).start());
        }
        for (StompServer server : servers) {
            try (RawPeer peer = new RawPeer(server.port("tcp"))) {
                assertThat(peer.connect()).startsWith("CONNECTED\n");
            }
        }
        servers.forEach(StompServer::close);
        assertNoThreads();
    }

    @Test
    void closeTwiceIsCloseOnce() {
        StompServer server = StompServer.builder().tcp(0).start();
        server.close();
        server.close();
    }

    // ---- what is left behind

    private static void assertNoThreads() {
        await().atMost(5, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("hoofbeat") || name.startsWith("globalEvent")));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void nothingIsLeftBehind(Transport transport) throws Exception {
        converse(transport); // what is made once, for good
        long before = directMemory();
        for (int i = 0; i < 10; i++) {
            converse(transport);
        }
        assertNoThreads();
        await().atMost(10, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(directMemory()).isLessThanOrEqualTo(before));
    }

    /** With a client that is there to the end, one that has read nothing, and one that has just come. */
    private static void converse(Transport transport) throws Exception {
        StompServer server = StompServer.builder()
                .transport(transport)
                .tcp(0)
                .webSocket(0, "/stomp")
                .closeTimeout(java.time.Duration.ofMillis(200))
                .start();
        try (RawPeer tcp = new RawPeer(server.port("tcp"));
                WebSocketPeer ws = new WebSocketPeer(server.port("ws"));
                WebSocketPeer begun = new WebSocketPeer(server.port("ws"));
                RawPeer deaf = new RawPeer(server.port("tcp"))) {
            tcp.connect();
            deaf.connect();
            deaf.write("SUBSCRIBE\nid:1\nreceipt:r\nack:client\ndestination:/queue/a\n\n^@");
            deaf.frame();
            ws.handshake("Sec-WebSocket-Extensions: permessage-deflate\r\n");
            ws.connect();
            begun.write("GET /stomp HT");
            tcp.write("SEND\ndestination:/queue/a\nreceipt:r\n\n" + "x".repeat(5_000_000) + "^@");
            tcp.frame();
            server.close();
        }
    }

    private static long directMemory() {
        System.gc();
        return io.netty.util.internal.PlatformDependent.usedDirectMemory();
    }

    // ---- who gets in

    @Test
    void connectionsAreLimited() throws Exception {
        try (StompServer server = start(tcp().maxConnections(2));
                RawPeer first = new RawPeer(server.port("tcp"));
                RawPeer second = new RawPeer(server.port("tcp"))) {
            first.connect();
            second.connect();
            try (RawPeer third = new RawPeer(server.port("tcp"))) {
                assertThat(third.frame()).isEqualTo("ERROR\nmessage:too many connections (limit 2)\n\n");
                assertThat(third.rest()).isEmpty();
            }
            second.socket.close();
            await().atMost(5, TimeUnit.SECONDS).until(() -> {
                try (RawPeer next = new RawPeer(server.port("tcp"))) {
                    return next.connect().startsWith("CONNECTED\n");
                }
            });
        }
    }

    @Test
    @Tag("WS-CLOSE-3")
    void connectionsOfAnAddressAreLimited() throws Exception {
        try (StompServer server = start(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .maxConnectionsPerAddress(1)
                        .proxyTrust(Set.of("127.0.0.1")));
                WebSocketPeer first = new WebSocketPeer(server.port("ws"));
                WebSocketPeer second = new WebSocketPeer(server.port("ws"));
                WebSocketPeer other = new WebSocketPeer(server.port("ws"))) {
            first.handshake("X-Forwarded-For: 203.0.113.7\r\n").connect();
            second.handshake("X-Forwarded-For: 203.0.113.7\r\n");
            assertThat(second.frame()).startsWith("ERROR\nmessage:too many connections from this address (limit 1)\n");
            WebSocketPeer.Incoming close = second.receive();
            assertThat(close.closeCode()).isEqualTo(1013);
            assertThat(close.closeReason()).isEqualTo("too many connections from this address (limit 1)");
            other.handshake("X-Forwarded-For: 203.0.113.8\r\n").connect();
        }
    }

    /** What strangers hold together is limited, and the oldest make room. */
    @Test
    void memoryBeforeTheLoginIsLimited() throws Exception {
        StompServer server = StompServer.builder()
                .maxLobbyBytes(1 << 20)
                .eventLoops(1)
                .tcp(0)
                .start();
        List<RawPeer> strangers = new ArrayList<>();
        try (RawPeer known = new RawPeer(server.port("tcp"))) {
            known.connect();
            for (int i = 0; i < 100; i++) {
                RawPeer stranger = new RawPeer(server.port("tcp"));
                strangers.add(stranger);
                stranger.write("CONNECT\nx:" + "y".repeat(15_000) + "\nz:" + "z".repeat(14_000));
            }
            assertThat(strangers.get(0).frame()).startsWith("ERROR\nmessage:too many connections wait for a login\n");
            known.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@");
            assertThat(known.frame()).startsWith("RECEIPT\n");
            strangers.get(99).write("\n\n^@");
            assertThat(strangers.get(99).frame()).startsWith("CONNECTED\n");
        } finally {
            for (RawPeer stranger : strangers) {
                stranger.close();
            }
            server.close();
        }
    }

    // ---- proxies

    private static final class Addresses extends BrokerListener {
        private final LinkedBlockingQueue<String> opened = new LinkedBlockingQueue<>();

        @Override
        public void sessionOpened(Session session) {
            opened.add(session.connection().remoteAddress() + " "
                    + session.connection().remotePort());
        }

        String next() throws InterruptedException {
            return String.valueOf(opened.poll(5, TimeUnit.SECONDS));
        }
    }

    @Test
    @Tag("WS-HS-8")
    void proxyHeaderTellsTheAddress() throws Exception {
        Addresses addresses = new Addresses();
        try (StompServer server = StompServer.builder()
                .broker(BrokerOptions.builder().listener(addresses).build())
                .endpoint(tcp().proxyTrust(Set.of("127.0.0.0/8", "::1")).build())
                .endpoint(Endpoint.builder("doubting", Endpoint.Kind.TCP)
                        .proxyTrust(Set.of("10.0.0.0/8"))
                        .build())
                .endpoint(Endpoint.builder("ws", Endpoint.Kind.WEB_SOCKET)
                        .proxyTrust(Set.of("127.0.0.1", "198.51.100.0/24"))
                        .build())
                .start()) {
            String connect = "CONNECT\naccept-version:1.2\n\n^@";
            try (RawPeer peer = new RawPeer(server.port("tcp"))) {
                peer.write("PROXY TCP4 203.0.113.9 127.0.0.1 4711 61613\r\n" + connect);
                assertThat(peer.frame()).startsWith("CONNECTED\n");
                assertThat(addresses.next()).isEqualTo("203.0.113.9 4711");
            }
            try (RawPeer peer = new RawPeer(server.port("tcp"))) {
                peer.write(
                        java.util.HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000ccb0071097f0000011267f0ad"));
                peer.write(connect);
                assertThat(peer.frame()).startsWith("CONNECTED\n");
                assertThat(addresses.next()).isEqualTo("203.0.113.9 4711");
            }
            try (RawPeer peer = new RawPeer(server.port("tcp"))) {
                peer.write(connect);
                assertThat(peer.frame()).startsWith("CONNECTED\n");
                assertThat(addresses.next()).startsWith("127.0.0.1 ");
            }
            try (RawPeer peer = new RawPeer(server.port("doubting"))) {
                peer.write("PROXY TCP4 203.0.113.9 127.0.0.1 4711 61613\r\n" + connect);
                assertThat(peer.frame()).startsWith("ERROR\n");
            }
            Map<String, String> headers = new HashMap<>();
            headers.put("X-Forwarded-For: 203.0.113.5, 198.51.100.1", "203.0.113.5 0");
            headers.put("X-Forwarded-For: 6.6.6.6, 203.0.113.5, 198.51.100.1", "203.0.113.5 0");
            headers.put("Forwarded: for=\"[2001:db8::1]:99\", for=198.51.100.1", "2001:db8::1 0");
            headers.put("Forwarded: for=203.0.113.5;proto=https", "203.0.113.5 0");
            headers.put("X-Forwarded-For: nonsense", "127.0.0.1");
            for (Map.Entry<String, String> header : headers.entrySet()) {
                try (WebSocketPeer peer = new WebSocketPeer(server.port("ws"))) {
                    peer.handshake(header.getKey() + "\r\n").connect();
                    assertThat(addresses.next()).startsWith(header.getValue());
                }
            }
        }
    }

    @Test
    void nonsenseInProxyTrust() {
        assertThatThrownBy(() -> start(tcp().proxyTrust(Set.of("10.0.0.0/8", "proxy.example.org"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("proxy.example.org");
    }

    // ---- the rest

    @Test
    void sx_trail_1_lineFeedBehindFramesIfWanted() throws Exception {
        try (StompServer server = start(tcp().trailingLineFeed(true));
                RawPeer peer = new RawPeer(server.port("tcp"))) {
            peer.connect();
            assertThat(peer.read()).isEqualTo('\n');
            peer.write("SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/a\n\n^@");
            peer.readUpTo(0);
            assertThat(peer.read()).isEqualTo('\n');
            server.broker().publish("/topic/a", "x");
            peer.readUpTo(0);
            assertThat(peer.read()).isEqualTo('\n');
        }
        try (StompServer server = start(tcp());
                RawPeer peer = new RawPeer(server.port("tcp"))) {
            peer.connect();
            peer.write("DISCONNECT\nreceipt:r\n\n^@");
            assertThat(peer.read()).isEqualTo('R');
        }
    }
}
