/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.test.conformance;

import io.hoofbeat.server.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Certificates for the tests: made anew in each run by the JDK's keytool, so that no key lies about. */
final class Certificates {

    /** Who the client's certificate says it is. */
    static final String CLIENT = "certified";

    private static final String PASSWORD = "changeit";
    private static final Path FOLDER = folder();
    private static final Path SERVER = make("localhost");
    private static final Path CLIENT_STORE = make(CLIENT);

    private Certificates() {}

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("hoofbeat-certificates");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path make(String name) {
        Path store = FOLDER.resolve(name + ".p12");
        keytool("-genkeypair", store, "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC", "-validity", "2");
        keytool(
                "-exportcert",
                store,
                "-alias",
                name,
                "-rfc",
                "-file",
                pem(store).toString());
        store.toFile().deleteOnExit();
        pem(store).toFile().deleteOnExit();
        return store;
    }

    private static Path pem(Path store) {
        return Path.of(store + ".pem");
    }

    private static void keytool(String command, Path store, String... more) {
        List<String> line = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), command));
        line.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        line.addAll(List.of(more));
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(FOLDER.resolve("keytool.log").toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + Files.readString(FOLDER.resolve("keytool.log")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** For a server that asks its clients for a certificate and lets them in without. */
    static Tls server() {
        return Tls.keyStore(SERVER, PASSWORD).clientAuth(Tls.ClientAuth.WANT, pem(CLIENT_STORE));
    }

    /** For a client that shows its certificate. */
    static SSLContext clientContext() {
        try {
            KeyStore store = KeyStore.getInstance(CLIENT_STORE.toFile(), PASSWORD.toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new TrustEverything()}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is the client's certificate that is tested. */
    private static final class TrustEverything implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
