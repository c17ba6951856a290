/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The server under load: where it is, how to log in, and how its destinations begin.
 *
 * @param path of the WebSocket endpoint; empty for plain TCP
 * @param publishPrefix how that begins where messages for topics are sent: as the topics, unless an application passes them on
 */
record Target(
        InetSocketAddress address,
        Transport transport,
        String path,
        Login login,
        String topicPrefix,
        String queuePrefix,
        String publishPrefix) {

    /** How STOMP gets there; in URLs and tables as it is called here. */
    enum Transport {
        TCP("tcp"),
        WEB_SOCKET("ws"),
        XHR_STREAMING("xhr-streaming"),
        XHR_POLLING("xhr-polling");

        private final String scheme;

        Transport(String scheme) {
            this.scheme = scheme;
        }

        static Transport of(String url, String scheme) {
            for (Transport one : values()) {
                if (one.scheme.equals(scheme)) {
                    return one;
                }
            }
            throw new IllegalArgumentException("none of tcp://, ws://, xhr-streaming://, xhr-polling://: " + url);
        }

        @Override
        public String toString() {
            return switch (this) {
                case TCP -> "TCP";
                case WEB_SOCKET -> "WebSocket";
                default -> scheme;
            };
        }
    }

    record Login(String host, String user, String password) {}

    /** Of {@code tcp://host:port}, {@code ws://host:port/path}, or the same with one of SockJS' transports. */
    static Target of(String url, Login login, String topicPrefix, String queuePrefix) {
        URI uri = URI.create(url);
        Transport transport = Transport.of(url, String.valueOf(uri.getScheme()));
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("no host and port: " + url);
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Target(
                new InetSocketAddress(uri.getHost(), uri.getPort()),
                transport,
                path,
                login,
                topicPrefix,
                queuePrefix,
                topicPrefix);
    }

    Target withPublishPrefix(String other) {
        return new Target(address, transport, path, login, topicPrefix, queuePrefix, other);
    }

    boolean isWebSocket() {
        return transport == Transport.WEB_SOCKET;
    }

    boolean isSockJs() {
        return transport == Transport.XHR_STREAMING || transport == Transport.XHR_POLLING;
    }
}
