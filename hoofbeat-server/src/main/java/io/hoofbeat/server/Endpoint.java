/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Setting;
import io.hoofbeat.protocol.HeartBeat;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place where clients come in: an address, what is spoken there, and how many may come. The components are documented at the
 * methods of {@link Builder}, whose names they have.
 */
public record Endpoint(
        String name,
        Kind kind,
        String host,
        int port,
        String path,
        @Nullable Tls tls,
        Set<String> origins,
        boolean compression,
        Duration webSocketPing,
        boolean trailingLineFeed,
        boolean allowAnonymous,
        @Nullable HeartBeat heartBeat,
        int maxConnections,
        int maxConnectionsPerAddress,
        Set<String> proxyTrust,
        SockJs sockJs) {

    /** What is spoken at an endpoint. */
    public enum Kind {
        /** STOMP as it is. */
        TCP,
        /** STOMP in WebSocket, after an HTTP request. */
        WEB_SOCKET,
        /** Either, and with TLS or without if there is a certificate: the first octets tell. */
        SHARED
    }

    public Endpoint {
        origins = Set.copyOf(origins);
        proxyTrust = Set.copyOf(proxyTrust);
    }

    public static Builder builder(String name, Kind kind) {
        return new Builder(name, kind);
    }

    /** Whether only clients with a certificate of theirs come in. */
    public boolean requiresCertificate() {
        return tls != null && tls.requiresCertificate();
    }

    /** Whether clients are asked for a certificate, and perhaps let in without. */
    boolean asksForCertificate() {
        return tls != null && tls.asksForCertificate();
    }

    /** Whether no other machine can reach it. May look up the host's name; false if there is no such host. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The same on another port. */
    Endpoint withPort(int other) {
        return new Endpoint(
                name,
                kind,
                host,
                other,
                path,
                tls,
                origins,
                compression,
                webSocketPing,
                trailingLineFeed,
                allowAnonymous,
                heartBeat,
                maxConnections,
                maxConnectionsPerAddress,
                proxyTrust,
                sockJs);
    }

    /** For people: "tcp on 127.0.0.1:61613". */
    @Override
    public String toString() {
        return name + " on " + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port
                + (kind == Kind.TCP ? "" : path);
    }

    /** Everything that can be said about an endpoint, under the names of the configuration. */
    public static final class Builder {
        private final String name;
        private final Kind kind;
        private String host = "127.0.0.1";
        private int port;
        private String path = "/stomp";
        private @Nullable Tls tls;
        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable String keyPassword;
        private @Nullable Path keystore;
        private String keystorePassword = "";
        private Tls.ClientAuth clientAuth = Tls.ClientAuth.NONE;
        private @Nullable Path clientTrust;
        private Set<String> origins = Set.of();
        private boolean compression = true;
        private Duration webSocketPing = Duration.ofSeconds(30);
        private boolean trailingLineFeed;
        private boolean allowAnonymous;
        private @Nullable Duration heartBeatSend;
        private @Nullable Duration heartBeatReceive;
        private int maxConnections = 100_000;
        private int maxConnectionsPerAddress = 100_000;
        private Set<String> proxyTrust = Set.of();
        private SockJs sockJs = SockJs.builder().build();

        private Builder(String name, Kind kind) {
            this.name = name;
            this.kind = kind;
        }

        @Setting("The address to listen on: a name or an address of this machine; 0.0.0.0 or :: for all.")
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        @Setting(value = "The port; 0: any that is free.", max = 65_535)
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        @Setting("The path of WebSocket's HTTP request.")
        public Builder path(String path) {
            this.path = path.startsWith("/") ? path : "/" + path;
            return this;
        }

        /** The certificate, for programs; the settings below are the same for files. */
        public Builder tls(@Nullable Tls tls) {
            this.tls = tls;
            return this;
        }

        @Setting("TLS: the certificate, with those that signed it behind it, in PEM.")
        public Builder certificate(Path certificate) {
            this.certificate = certificate;
            return this;
        }

        @Setting("TLS: the private key of the certificate, in PEM.")
        public Builder key(Path key) {
            this.key = key;
            return this;
        }

        @Setting(value = "TLS: the password of the private key, if it is encrypted.", secret = true)
        public Builder keyPassword(String password) {
            this.keyPassword = password;
            return this;
        }

        @Setting("TLS: a key store, PKCS #12 or JKS, instead of certificate and key.")
        public Builder keystore(Path keystore) {
            this.keystore = keystore;
            return this;
        }

        @Setting(value = "TLS: the password of the key store.", secret = true)
        public Builder keystorePassword(String password) {
            this.keystorePassword = password;
            return this;
        }

        @Setting("TLS: whether clients show a certificate, whose common name is their user's: none, want or require.")
        public Builder clientAuth(Tls.ClientAuth auth) {
            this.clientAuth = auth;
            return this;
        }

        @Setting("TLS: who signs the certificates of clients, in PEM; by default whom the JDK trusts.")
        public Builder clientTrust(Path trust) {
            this.clientTrust = trust;
            return this;
        }

        @Setting("Web pages' origins that may connect beside those of this host, such as https://example.org; *: all."
                + " A * within one stands for anything.")
        public Builder origins(Set<String> origins) {
            this.origins = origins;
            return this;
        }

        @Setting("Whether WebSocket messages are compressed for clients that offer it.")
        public Builder compression(boolean compression) {
            this.compression = compression;
            return this;
        }

        @Setting(
                value = "WebSocket: after how long a silent client gets a Ping, and after how long again without an"
                        + " answer it is taken for lost; 0: never.")
        public Builder webSocketPing(Duration silence) {
            this.webSocketPing = silence;
            return this;
        }

        @Setting("Whether a line feed follows each frame, as old clients of TCP expect.")
        public Builder trailingLineFeed(boolean lineFeed) {
            this.trailingLineFeed = lineFeed;
            return this;
        }

        @Setting(
                "Whether anybody may come in although the address can be reached from elsewhere and there are no users.")
        public Builder allowAnonymous(boolean allow) {
            this.allowAnonymous = allow;
            return this;
        }

        @Setting(
                value = "How often the server offers to send a heart-beat here; 0: never. By default the broker's.",
                max = Integer.MAX_VALUE)
        public Builder heartBeatSend(Duration interval) {
            this.heartBeatSend = interval;
            return this;
        }

        @Setting(
                value = "How often the server wants a heart-beat from clients here; 0: never. By default the broker's.",
                max = Integer.MAX_VALUE)
        public Builder heartBeatReceive(Duration interval) {
            this.heartBeatReceive = interval;
            return this;
        }

        @Setting(value = "Connections at a time.", min = 1, max = Integer.MAX_VALUE)
        public Builder maxConnections(int connections) {
            this.maxConnections = connections;
            return this;
        }

        @Setting(value = "Connections at a time from one address.", min = 1, max = Integer.MAX_VALUE)
        public Builder maxConnectionsPerAddress(int connections) {
            this.maxConnectionsPerAddress = connections;
            return this;
        }

        @Setting(
                "Addresses or networks, such as 10.0.0.0/8, of proxies that are believed when they say who the client is:"
                        + " by X-Forwarded-For, Forwarded, or the PROXY protocol.")
        public Builder proxyTrust(Set<String> networks) {
            this.proxyTrust = networks;
            return this;
        }

        /** SockJS at the path, where there is HTTP; in files it is a group of its own. */
        public Builder sockJs(SockJs sockJs) {
            this.sockJs = sockJs;
            return this;
        }

        public Endpoint build() {
            return new Endpoint(
                    name,
                    kind,
                    host,
                    port,
                    path,
                    transportSecurity(),
                    origins,
                    compression,
                    webSocketPing,
                    trailingLineFeed,
                    allowAnonymous,
                    heartBeat(),
                    maxConnections,
                    maxConnectionsPerAddress,
                    proxyTrust,
                    sockJs);
        }

        private @Nullable Tls transportSecurity() {
            Tls base = tls;
            if (keystore != null) {
                base = Tls.keyStore(keystore, keystorePassword);
            } else if (certificate != null || key != null) {
                if (certificate == null || key == null) {
                    throw new IllegalArgumentException(
                            "endpoint " + name + " needs both certificate and key, or a keystore");
                }
                base = Tls.pem(certificate, key, keyPassword);
            }
            if (clientAuth == Tls.ClientAuth.NONE) {
                return base;
            }
            if (base == null) {
                throw new IllegalArgumentException(
                        "endpoint " + name + " asks clients for certificates (client-auth) but has none itself");
            }
            return base.clientAuth(clientAuth, clientTrust);
        }

        /** Null if neither interval was set. */
        private @Nullable HeartBeat heartBeat() {
            if (heartBeatSend == null && heartBeatReceive == null) {
                return null;
            }
            return new HeartBeat(millis(heartBeatSend), millis(heartBeatReceive));
        }

        private static int millis(@Nullable Duration interval) {
            return interval == null ? DEFAULT_HEART_BEAT_MILLIS : Math.toIntExact(interval.toMillis());
        }
    }

    /** For the one of the two intervals that was not set while the other was. */
    private static final int DEFAULT_HEART_BEAT_MILLIS = 10_000;
}
