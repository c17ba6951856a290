/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Setting;
import java.time.Duration;

/**
 * How SockJS is spoken at a path: by clients that cannot have a WebSocket, with ordinary HTTP requests. The components are
 * documented at the methods of {@link Builder}, whose names they have.
 */
public record SockJs(
        boolean enabled,
        boolean webSocket,
        boolean legacy,
        int streamBytesLimit,
        Duration heartbeatTime,
        Duration disconnectDelay,
        boolean sessionCookie,
        boolean sameAddress,
        int maxSessions,
        int maxSessionsPerAddress) {

    /** Nothing but WebSocket. */
    static final SockJs OFF = builder().enabled(false).build();

    public static Builder builder() {
        return new Builder();
    }

    /** Everything that can be said about SockJS, under the names of the configuration. */
    public static final class Builder {
        private boolean enabled = true;
        private boolean webSocket = true;
        private boolean legacy;
        private int streamBytesLimit = 128 * 1024;
        private Duration heartbeatTime = Duration.ofSeconds(25);
        private Duration disconnectDelay = Duration.ofSeconds(5);
        private boolean sessionCookie;
        private boolean sameAddress = true;
        private int maxSessions = 100_000;
        private int maxSessionsPerAddress = 100_000;

        private Builder() {}

        @Setting("Whether SockJS is spoken at the path, beside WebSocket.")
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        @Setting("Whether SockJS clients are told to try WebSocket first.")
        public Builder webSocket(boolean enabled) {
            this.webSocket = enabled;
            return this;
        }

        @Setting(
                "Whether there are htmlfile, jsonp and iframe as well, for browsers of before 2013; not where origins are"
                        + " listed, since they cannot be checked there.")
        public Builder legacy(boolean enabled) {
            this.legacy = enabled;
            return this;
        }

        @Setting(
                value = "How much a streaming response carries before it ends, and the client comes again.",
                bytes = true,
                min = 1_024,
                max = 1 << 30)
        public Builder streamBytesLimit(int bytes) {
            this.streamBytesLimit = bytes;
            return this;
        }

        @Setting(value = "After which silence a client is sent a sign of life.", min = 10)
        public Builder heartbeatTime(Duration silence) {
            this.heartbeatTime = silence;
            return this;
        }

        @Setting(
                value =
                        "How long a client may be without a request that waits for messages, before it is taken for lost.",
                min = 10)
        public Builder disconnectDelay(Duration delay) {
            this.disconnectDelay = delay;
            return this;
        }

        @Setting("Whether responses carry a cookie JSESSIONID, by which load balancers find the server again.")
        public Builder sessionCookie(boolean cookie) {
            this.sessionCookie = cookie;
            return this;
        }

        @Setting(
                "Whether all requests of a session have to come from the same address, unless they show a certificate.")
        public Builder sameAddress(boolean same) {
            this.sameAddress = same;
            return this;
        }

        @Setting(value = "Sessions at a time that have no WebSocket.", min = 1, max = Integer.MAX_VALUE)
        public Builder maxSessions(int sessions) {
            this.maxSessions = sessions;
            return this;
        }

        @Setting(value = "The same of one address.", min = 1, max = Integer.MAX_VALUE)
        public Builder maxSessionsPerAddress(int sessions) {
            this.maxSessionsPerAddress = sessions;
            return this;
        }

        public SockJs build() {
            return new SockJs(
                    enabled,
                    webSocket,
                    legacy,
                    streamBytesLimit,
                    heartbeatTime,
                    disconnectDelay,
                    sessionCookie,
                    sameAddress,
                    maxSessions,
                    maxSessionsPerAddress);
        }
    }
}
