/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hoofbeat.broker.BrokerOptions;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** STOMP in TLS, WebSocket in TLS, and all of them on one port. */
class TlsTest {
    private static Certificates certificates;

    private @Nullable StompServer server;

    @BeforeAll
    static void sign() throws Exception {
        certificates = new Certificates();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int start(Endpoint.Builder endpoint) {
        return start(endpoint, Transport.AUTO);
    }

    private int start(Endpoint.Builder endpoint, Transport transport) {
        server = StompServer.builder()
                .broker(BrokerOptions.builder()
                        .connectTimeout(Duration.ofSeconds(1))
                        .build())
                .transport(transport)
                .endpoint(endpoint.build())
                .start();
        return server.endpoints().get(0).port();
    }

    private static Endpoint.Builder endpoint(Endpoint.Kind kind) throws Exception {
        return Endpoint.builder("here", kind).tls(certificates.tls());
    }

    private static void converse(RawPeer peer) throws Exception {
        assertThat(peer.connect()).startsWith("CONNECTED\n");
        peer.write("SUBSCRIBE\nid:1\ndestination:/topic/a\n\n^@SEND\ndestination:/topic/a\n\n" + "x".repeat(300_000)
                + "^@");
        assertThat(peer.frame()).startsWith("MESSAGE\n").endsWith("x".repeat(1_000));
        peer.write("DISCONNECT\nreceipt:r\n\n^@");
        assertThat(peer.frame()).startsWith("RECEIPT\nreceipt-id:r\n");
        assertThat(peer.rest()).isEmpty();
    }

    private static void converse(WebSocketPeer peer) throws Exception {
        peer.handshake("");
        assertThat(peer.connect()).startsWith("CONNECTED\n");
        peer.send("DISCONNECT\nreceipt:r\n\n^@");
        assertThat(peer.frame()).startsWith("RECEIPT\nreceipt-id:r\n");
        WebSocketPeer.Incoming close = peer.receive();
        assertThat(close.closeCode()).isEqualTo(1000);
        peer.send(WebSocketPeer.FINAL | WebSocketPeer.CLOSE, close.payload());
        assertThat(peer.rest()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void stompInTls(Transport transport) throws Exception {
        int port = start(endpoint(Endpoint.Kind.TCP), transport);
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            converse(peer);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void webSocketInTls(Transport transport) throws Exception {
        int port = start(endpoint(Endpoint.Kind.WEB_SOCKET), transport);
        try (WebSocketPeer peer = new WebSocketPeer(certificates.socket(port))) {
            converse(peer);
        }
    }

    @Test
    void onePortForAllWithTls() throws Exception {
        int port = start(endpoint(Endpoint.Kind.SHARED));
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            converse(peer);
        }
        try (WebSocketPeer peer = new WebSocketPeer(certificates.socket(port))) {
            converse(peer);
        }
        try (RawPeer peer = new RawPeer(port)) {
            converse(peer);
        }
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            converse(peer);
        }
    }

    @Test
    void onePortForAllWithoutTls() throws Exception {
        int port = start(Endpoint.builder("here", Endpoint.Kind.SHARED));
        try (RawPeer peer = new RawPeer(port)) {
            for (byte octet : RawPeer.octets("\n\nCONNECT\naccept-version:1.2\n\n^@")) {
                peer.write(octet);
            }
            assertThat(peer.frame()).startsWith("CONNECTED\n");
        }
        try (WebSocketPeer peer = new WebSocketPeer(port)) {
            for (byte octet : RawPeer.octets(WebSocketPeer.request(""))) {
                peer.write(octet);
            }
            assertThat(peer.readUpToEmptyLine()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.connect()).startsWith("CONNECTED\n");
        }
        try (RawPeer peer = new RawPeer(port)) {
            peer.write((byte) 0x16, (byte) 3, (byte) 1, (byte) 0, (byte) 5);
            assertThat(peer.frame()).startsWith("ERROR\n"); // no certificate, so this is bad STOMP
        }
        try (RawPeer peer = new RawPeer(port)) {
            peer.write("POST");
            assertThat(peer.frame())
                    .as("it may be HTTP up to here, and then time is up")
                    .isNotNull();
        } catch (java.io.EOFException e) {
            assertThat(e).hasMessageContaining("the end after ''");
        }
    }

    @Test
    @Tag("SX-LIM-5")
    void handshakeHasToEnd() throws Exception {
        int port = start(endpoint(Endpoint.Kind.TCP));
        try (RawPeer peer = new RawPeer(port)) {
            long start = System.nanoTime();
            assertThat(peer.rest()).isEmpty();
            assertThat(System.nanoTime() - start).isBetween(950_000_000L, 2_000_000_000L);
        }
    }

    @Test
    @Tag("SX-LIM-5")
    void connectBelongsToTheSameTime() throws Exception {
        int port = start(endpoint(Endpoint.Kind.TCP));
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            long start = System.nanoTime();
            peer.write("CONNECT\n");
            assertThat(peer.frame()).startsWith("ERROR\n");
            assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        }
    }

    @Test
    void plainStompOnATlsPortIsClosed() throws Exception {
        int port = start(endpoint(Endpoint.Kind.TCP));
        try (RawPeer peer = new RawPeer(port)) {
            peer.write("CONNECT\naccept-version:1.2\n\n^@");
            assertThat(peer.rest()).doesNotContain("CONNECTED");
        }
    }

    @Test
    @Tag("SX-AUTH-2")
    void nameOfTheClientCertificateIsTheUser() throws Exception {
        int port = start(Endpoint.builder("here", Endpoint.Kind.TCP)
                .certificate(certificates.certificate())
                .key(certificates.key())
                .clientAuth(Tls.ClientAuth.WANT)
                .clientTrust(certificates.trust()));
        X509Bundle ada = certificates.client("ada");
        try (RawPeer peer = new RawPeer(certificates.socket(port, ada))) {
            assertThat(peer.connect()).contains("\nuser-name:ada\n");
        }
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            assertThat(peer.connect()).startsWith("CONNECTED\n").doesNotContain("user-name");
        }
    }

    /** A page that comes in because all may must not act for whoever has the browser's certificate. */
    @Test
    @Tag("SJ-SEC-1")
    void onlyPagesThatAreNamedHaveTheBrowserShowItsCertificate() throws Exception {
        int port = start(Endpoint.builder("here", Endpoint.Kind.WEB_SOCKET)
                .tls(certificates.tls().clientAuth(Tls.ClientAuth.WANT, certificates.trust()))
                .origins(Set.of("*", "https://named.example")));
        String request = "GET /stomp/info HTTP/1.1\r\nHost: localhost\r\nOrigin: https://%s.example\r\n\r\n";
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            peer.write(request.formatted("anybody"));
            assertThat(peer.readUpToEmptyLine())
                    .startsWithIgnoringCase("HTTP/1.1 200")
                    .doesNotContainIgnoringCase("allow-credentials");
        }
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            peer.write(request.formatted("named"));
            assertThat(peer.readUpToEmptyLine()).containsIgnoringCase("access-control-allow-credentials: true");
        }
    }

    @Test
    void withoutTheRequiredCertificateNobodyGetsIn() throws Exception {
        int port = start(endpoint(Endpoint.Kind.TCP)
                .tls(certificates.tls().clientAuth(Tls.ClientAuth.REQUIRE, certificates.trust())));
        assertThatThrownBy(() -> {
                    try (RawPeer peer = new RawPeer(certificates.socket(port))) {
                        peer.connect();
                    }
                })
                .isInstanceOf(IOException.class);
        X509Bundle stranger = new Certificates().client("ada");
        assertThatThrownBy(() -> {
                    try (RawPeer peer = new RawPeer(certificates.socket(port, stranger))) {
                        peer.connect();
                    }
                })
                .isInstanceOf(IOException.class);
        try (RawPeer peer = new RawPeer(certificates.socket(port, certificates.client("grace")))) {
            assertThat(peer.connect()).contains("\nuser-name:grace\n");
        }
    }

    @Test
    void keyStoreWillDo(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("server.p12");
        try (var out = Files.newOutputStream(file)) {
            certificates.server.toKeyStore("topsecret".toCharArray()).store(out, "topsecret".toCharArray());
        }
        int port =
                start(Endpoint.builder("here", Endpoint.Kind.TCP).keystore(file).keystorePassword("topsecret"));
        try (RawPeer peer = new RawPeer(certificates.socket(port))) {
            converse(peer);
        }
        assertThatThrownBy(() -> StompServer.builder()
                        .tls(0, Tls.keyStore(file, "wrong"))
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint tls")
                .hasMessageNotContaining("wrong");
    }

    @Test
    void certificateNeedsItsKey() throws Exception {
        Endpoint.Builder half = Endpoint.builder("here", Endpoint.Kind.TCP).certificate(certificates.certificate());
        assertThatThrownBy(half::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key");
        assertThatThrownBy(() -> StompServer.builder()
                        .tls(0, Tls.pem(Path.of("nowhere.pem"), Path.of("nowhere.key")))
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere.pem");
    }
}
