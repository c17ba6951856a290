/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Headers;
import io.hoofbeat.protocol.HeartBeat;
import io.hoofbeat.protocol.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of a client, with its default. The components are documented at the methods of {@link Builder}, whose names
 * they have. {@link #toString} shows no passcode.
 */
public record ClientOptions(
        ServerAddress address,
        @Nullable String login,
        @Nullable String passcode,
        String host,
        Headers headers,
        Set<Version> versions,
        HeartBeat heartBeat,
        double heartBeatTolerance,
        boolean stompCommand,
        boolean contentLength,
        Duration connectTimeout,
        Duration receiptTimeout,
        Duration sendTimeout,
        Duration closeTimeout,
        long maxUnsentBytes,
        long maxUnhandledBytes,
        int maxUnhandledMessages,
        CodecLimits limits,
        Trust trust,
        BiConsumer<ReceivedMessage, Throwable> onHandlerFailure) {

    /**
     * Whom TLS believes, and what we show of ourselves.
     *
     * @param authorities PEM certificates of those who sign the server's; null for what the JDK trusts
     * @param everybody whether any certificate will do: then anybody in between can read along
     * @param certificate our own, in PEM; null for none
     * @param key its private key, in PEM; null for none
     * @param context instead of all that; null for none
     */
    public record Trust(
            @Nullable Path authorities,
            boolean everybody,
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable SSLContext context) {

        static final Trust STANDARD = new Trust(null, false, null, null, null);
    }

    /**
     * Starts from the defaults.
     *
     * @param url {@code tcp://host:port}, {@code tls://...}, {@code ws://host:port/path} or {@code wss://...}
     * @throws IllegalArgumentException if it is none of those
     */
    public static Builder builder(String url) {
        return new Builder(ServerAddress.parse(url));
    }

    @Override
    public String toString() {
        return address.toString();
    }

    /** All settings, each under its name. */
    public static final class Builder {
        private final ServerAddress address;
        private @Nullable String login;
        private @Nullable String passcode;
        private @Nullable String host;
        private Headers headers = Headers.EMPTY;
        private Set<Version> versions = EnumSet.allOf(Version.class);
        private HeartBeat heartBeat = new HeartBeat(10_000, 10_000);
        private double heartBeatTolerance = 2;
        private boolean stompCommand;
        private boolean contentLength = true;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration receiptTimeout = Duration.ofSeconds(30);
        private Duration sendTimeout = Duration.ofSeconds(30);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private long maxUnsentBytes = 1L << 20;
        private long maxUnhandledBytes = 1L << 20;
        private int maxUnhandledMessages = 1_000;
        private CodecLimits limits = CodecLimits.DEFAULT;
        private Trust trust = Trust.STANDARD;
        private BiConsumer<ReceivedMessage, Throwable> onHandlerFailure = ClientOptions::logHandlerFailure;

        private Builder(ServerAddress address) {
            this.address = address;
        }

        /** Who we are; null, as at first, for nobody in particular. */
        public Builder login(@Nullable String login) {
            this.login = login;
            return this;
        }

        /** The proof of it; null, as at first, for none. */
        public Builder passcode(@Nullable String passcode) {
            this.passcode = passcode;
            return this;
        }

        /** The virtual host; by default the host of the URL (C11-CONN-4). */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** Further headers of CONNECT. */
        public Builder headers(Headers headers) {
            this.headers = headers;
            return this;
        }

        /** The versions that may be spoken; all three by default. At least one. */
        public Builder versions(Set<Version> versions) {
            this.versions = EnumSet.copyOf(versions);
            return this;
        }

        /** How often we can send, and want to receive, a sign of life, in milliseconds; 10000,10000 by default. */
        public Builder heartBeat(HeartBeat heartBeat) {
            this.heartBeat = heartBeat;
            return this;
        }

        /** After how many intervals of silence the server counts as lost, 1 to 100; 2 by default, and a second at least. */
        public Builder heartBeatTolerance(double intervals) {
            this.heartBeatTolerance = intervals;
            return this;
        }

        /** Whether the first frame is STOMP instead of CONNECT (C11-CONN-3); false by default. */
        public Builder stompCommand(boolean stomp) {
            this.stompCommand = stomp;
            return this;
        }

        /** Whether bodies have a content-length, by which some brokers tell octets from text (D-7); true by default. */
        public Builder contentLength(boolean contentLength) {
            this.contentLength = contentLength;
            return this;
        }

        /** From the start to CONNECTED, all handshakes included; 10 s by default. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = timeout;
            return this;
        }

        /** How long a receipt may take; 30 s by default. */
        public Builder receiptTimeout(Duration timeout) {
            this.receiptTimeout = timeout;
            return this;
        }

        /** How long a sender waits for a server that takes nothing; 30 s by default. */
        public Builder sendTimeout(Duration timeout) {
            this.sendTimeout = timeout;
            return this;
        }

        /** How long the end of the connection waits for the server's receipt; 5 s by default. */
        public Builder closeTimeout(Duration timeout) {
            this.closeTimeout = timeout;
            return this;
        }

        /** Octets on their way to the socket beyond which senders wait; 1 MiB by default. */
        public Builder maxUnsentBytes(long bytes) {
            this.maxUnsentBytes = bytes;
            return this;
        }

        /** Octets of messages that wait for a handler beyond which the server is not read from; 1 MiB by default. */
        public Builder maxUnhandledBytes(long bytes) {
            this.maxUnhandledBytes = bytes;
            return this;
        }

        /** The same in messages; 1000 by default. */
        public Builder maxUnhandledMessages(int messages) {
            this.maxUnhandledMessages = messages;
            return this;
        }

        /** What a frame of the server may have at most (C11-LIM-1). */
        public Builder limits(CodecLimits limits) {
            this.limits = limits;
            return this;
        }

        /** Who signs the server's certificate: PEM certificates; by default those whom the JDK trusts. */
        public Builder authorities(Path authorities) {
            this.trust = new Trust(authorities, false, trust.certificate, trust.key, null);
            return this;
        }

        /** Believes any certificate, of any host: for tests, since anybody in between can read along. */
        public Builder trustEverybody() {
            this.trust = new Trust(null, true, trust.certificate, trust.key, null);
            return this;
        }

        /** The certificate that we show, and its private key, both in PEM. */
        public Builder certificate(Path certificate, Path key) {
            this.trust = new Trust(trust.authorities, trust.everybody, certificate, key, null);
            return this;
        }

        /** TLS as this context has it, in place of the three above; host names are verified all the same. */
        public Builder sslContext(SSLContext context) {
            this.trust = new Trust(null, false, null, null, context);
            return this;
        }

        /** Is told what a handler threw; by default it goes to the {@link System.Logger} of this package. Handlers' thread. */
        public Builder onHandlerFailure(BiConsumer<ReceivedMessage, Throwable> listener) {
            this.onHandlerFailure = listener;
            return this;
        }

        /** @throws IllegalArgumentException if CONNECT cannot carry what it should (C11-CONN-6), or a value is out of bounds */
        public ClientOptions build() {
            String virtualHost = host == null ? address.host() : host;
            requireRaw("login", login);
            requireRaw("passcode", passcode);
            requireRaw("host", virtualHost);
            for (int i = 0; i < headers.size(); i++) {
                requireRaw(headers.name(i), headers.value(i));
            }
            if (versions.isEmpty()) {
                throw new IllegalArgumentException("there must be a version to speak");
            }
            if (heartBeatTolerance < 1 || heartBeatTolerance > 100) {
                throw new IllegalArgumentException("heart-beat tolerance " + heartBeatTolerance + " (1 to 100)");
            }
            return new ClientOptions(
                    address,
                    login,
                    passcode,
                    virtualHost,
                    headers,
                    Set.copyOf(versions),
                    heartBeat,
                    heartBeatTolerance,
                    stompCommand,
                    contentLength,
                    connectTimeout,
                    receiptTimeout,
                    sendTimeout,
                    closeTimeout,
                    maxUnsentBytes,
                    maxUnhandledBytes,
                    maxUnhandledMessages,
                    limits,
                    trust,
                    onHandlerFailure);
        }

        /** CONNECT is not escaped, so that what would end a line would begin another header. */
        private static void requireRaw(String name, @Nullable String value) {
            boolean carried = name.chars().noneMatch(c -> c == ':' || c == '\r' || c == '\n')
                    && (value == null || value.chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0));
            if (!carried) {
                throw new IllegalArgumentException("CONNECT cannot carry a line end or NUL in "
                        + name.replaceAll("\\p{Cntrl}", "?") + ", nor a colon in its name");
            }
        }
    }

    private static void logHandlerFailure(ReceivedMessage message, Throwable failure) {
        System.getLogger("io.hoofbeat.client")
                .log(System.Logger.Level.WARNING, "handler failed on " + message, failure);
    }
}
