/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** STOMP in TLS, and WebSocket in TLS. */
class TlsTest {
    private X509Bundle certificate;
    private StompServer server;

    @BeforeEach
    void start() throws Exception {
        certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = certificate.toTempCertChainPem().toPath();
        Path key = certificate.toTempPrivateKeyPem().toPath();
        server = StompServer.builder()
                .tls(0, Tls.pem(chain, key))
                .webSocket(0, "/stomp", Tls.pem(chain, key))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SSLSocket socket(String endpoint) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificate.toKeyStore("secret".toCharArray()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getByName("localhost"), server.port(endpoint));
    }

    @Test
    void stompInTls() throws Exception {
        try (RawPeer peer = new RawPeer(socket("tls"))) {
            assertThat(peer.connect()).startsWith("CONNECTED\n");
            peer.write("DISCONNECT\nreceipt:r\n\n^@");
            assertThat(peer.frame()).startsWith("RECEIPT\nreceipt-id:r\n");
            assertThat(peer.rest()).isEmpty();
        }
    }

    @Test
    void webSocketInTls() throws Exception {
        try (WebSocketPeer peer = new WebSocketPeer(socket("wss"))) {
            peer.handshake("");
            assertThat(peer.connect()).startsWith("CONNECTED\n");
            peer.send("DISCONNECT\nreceipt:r\n\n^@");
            assertThat(peer.frame()).startsWith("RECEIPT\nreceipt-id:r\n");
            assertThat(peer.receive().closeCode()).isEqualTo(1000);
        }
    }
}
