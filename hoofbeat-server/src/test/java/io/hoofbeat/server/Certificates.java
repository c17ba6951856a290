/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An authority, what it has signed, and clients that trust it; all made for one test run. */
final class Certificates {
    private static final char[] PASSWORD = "secret".toCharArray();

    private final X509Bundle authority;
    final X509Bundle server;

    Certificates() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=Test Authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        server = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .buildIssuedBy(authority);
    }

    Tls tls() throws IOException {
        return Tls.pem(certificate(), key());
    }

    Path certificate() throws IOException {
        return server.toTempCertChainPem().toPath();
    }

    Path key() throws IOException {
        return server.toTempPrivateKeyPem().toPath();
    }

    Path trust() throws IOException {
        return authority.toTempCertChainPem().toPath();
    }

    X509Bundle client(String name) throws Exception {
        return new CertificateBuilder().subject("CN=" + name + ",O=Test").buildIssuedBy(authority);
    }

    SSLSocket socket(int port) throws Exception {
        return socket(port, null);
    }

    SSLSocket socket(int port, @Nullable X509Bundle own) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authority.toKeyStore(PASSWORD));
        KeyManager[] keys = null;
        if (own != null) {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(own.toKeyStore(PASSWORD), PASSWORD);
            keys = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getByName("localhost"), port);
    }
}
