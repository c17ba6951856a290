/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hoofbeat.cli.Commands.Run;
import io.hoofbeat.server.StompServer;
import io.hoofbeat.server.Tls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom the client trusts. */
@Timeout(120)
class TlsCommandsTest {
    private final String authority;
    private final StompServer server;

    TlsCommandsTest() throws Exception {
        X509Bundle certificate = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = certificate.toTempCertChainPem().toPath();
        Path key = certificate.toTempPrivateKeyPem().toPath();
        authority = certificate.toTempRootCertPem().toString();
        server = StompServer.builder()
                .tls(0, Tls.pem(chain, key))
                .webSocket(0, "/stomp", Tls.pem(chain, key))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void certificateOfAnAuthorityThatWeTrustIsAccepted() {
        assertThat(pub("tls://localhost:" + server.port("tls"), "--ca", authority)
                        .code())
                .isZero();
        assertThat(pub("wss://localhost:" + server.port("wss") + "/stomp", "--ca", authority)
                        .code())
                .isZero();
    }

    @Test
    void certificateOfNobodyWeTrustIsRefused() {
        Run pub = pub("tls://localhost:" + server.port("tls"));
        assertThat(pub.code()).isEqualTo(3);
        assertThat(pub.err())
                .contains("its certificate is signed by nobody whom we trust; --ca FILE names whom to trust")
                .doesNotContain("\tat ");
    }

    @Test
    void certificateOfAnotherHostIsRefused() {
        Run tls = pub("tls://127.0.0.1:" + server.port("tls"), "--ca", authority);
        assertThat(tls.code()).isEqualTo(3);
        assertThat(tls.err()).contains("TLS failed").contains("127.0.0.1");
        assertThat(pub("wss://127.0.0.1:" + server.port("wss") + "/stomp", "--ca", authority)
                        .code())
                .isEqualTo(3);
    }

    @Test
    void anythingIsTrustedOnRequest() {
        assertThat(pub("tls://127.0.0.1:" + server.port("tls"), "--insecure").code())
                .isZero();
        assertThat(pub("wss://127.0.0.1:" + server.port("wss") + "/stomp", "--insecure")
                        .code())
                .isZero();
    }

    @Test
    void missingFileIsToldSo() {
        Run pub = pub("tls://localhost:" + server.port("tls"), "--ca", "nowhere.pem");
        assertThat(pub.code()).isEqualTo(3);
        assertThat(pub.err()).isEqualTo("error: there is no readable file nowhere.pem\n");
    }

    private static Run pub(String url, String... more) {
        String[] args = new String[4 + more.length];
        args[0] = "pub";
        args[1] = "/topic/a";
        args[2] = "x";
        args[3] = "-u" + url;
        System.arraycopy(more, 0, args, 4, more.length);
        return Commands.start(args);
    }
}
