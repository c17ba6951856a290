/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The certificate of a listener, and whether its clients have to show one of theirs. */
public final class Tls {

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        /** They are not asked. */
        NONE,
        /** They are asked, and let in without. */
        WANT,
        /** Who shows none that is trusted is not let in. */
        REQUIRE
    }

    private final Source source;
    private final ClientAuth clientAuth;
    /** Certificates of those who sign the clients'; null for what the JDK trusts. */
    private final @Nullable Path trust;

    private Tls(Source source, ClientAuth clientAuth, @Nullable Path trust) {
        this.source = source;
        this.clientAuth = clientAuth;
        this.trust = trust;
    }

    /** From a chain of certificates and a private key, both in PEM; the key may be encrypted. */
    public static Tls pem(Path certificate, Path key, @Nullable String password) {
        return new Tls(
                () -> SslContextBuilder.forServer(certificate.toFile(), key.toFile(), password), ClientAuth.NONE, null);
    }

    public static Tls pem(Path certificate, Path key) {
        return pem(certificate, key, null);
    }

    /** From a key store file, PKCS #12 or JKS. */
    public static Tls keyStore(Path file, String password) {
        return new Tls(() -> forServer(load(file, password), password), ClientAuth.NONE, null);
    }

    /** From a key store in memory. */
    public static Tls keyStore(KeyStore store, String password) {
        return new Tls(() -> forServer(store, password), ClientAuth.NONE, null);
    }

    /**
     * The same, asking clients for a certificate. The common name of one that is trusted is the user's name.
     *
     * @param trust PEM certificates, or a key store without password, of those who sign them; null for what the JDK trusts
     */
    public Tls clientAuth(ClientAuth auth, @Nullable Path trust) {
        return new Tls(source, auth, trust);
    }

    boolean asksForCertificate() {
        return clientAuth != ClientAuth.NONE;
    }

    boolean requiresCertificate() {
        return clientAuth == ClientAuth.REQUIRE;
    }

    SslContext context() throws IOException, GeneralSecurityException {
        SslContextBuilder builder = source.open().sslProvider(SslProvider.JDK);
        if (trust != null) {
            if (isPem(trust)) {
                builder.trustManager(trust.toFile());
            } else {
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(load(trust, null));
                builder.trustManager(factory);
            }
        }
        return builder.clientAuth(
                        switch (clientAuth) {
                            case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
                            case WANT -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
                            case REQUIRE -> io.netty.handler.ssl.ClientAuth.REQUIRE;
                        })
                .build();
    }

    private static boolean isPem(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(4096), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .contains("-----BEGIN ");
        }
    }

    private static KeyStore load(Path file, @Nullable String password) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(file.toFile(), password == null ? null : password.toCharArray());
    }

    private static SslContextBuilder forServer(KeyStore store, String password) throws GeneralSecurityException {
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password.toCharArray());
        return SslContextBuilder.forServer(factory);
    }

    /** Reads the key each time anew, when a listener starts. */
    @FunctionalInterface
    private interface Source {
        SslContextBuilder open() throws SSLException, IOException, GeneralSecurityException;
    }
}
