/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.bench;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * The server under load: where it is, how to log in, and how its destinations begin.
 *
 * @param path of the WebSocket endpoint; empty for plain TCP
 */
record Target(InetSocketAddress address, String path, Login login, String topicPrefix, String queuePrefix) {

    record Login(String host, String user, String password) {}

    /** Of {@code tcp://host:port} or {@code ws://host:port/path}. */
    static Target of(String url, Login login, String topicPrefix, String queuePrefix) {
        URI uri = URI.create(url);
        boolean webSocket = "ws".equals(uri.getScheme());
        if (!webSocket && !"tcp".equals(uri.getScheme())) {
            throw new IllegalArgumentException("neither tcp:// nor ws://: " + url);
        }
        if (uri.getHost() == null || uri.getPort() < 0) {
            throw new IllegalArgumentException("no host and port: " + url);
        }
        String path = !webSocket ? "" : uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Target(new InetSocketAddress(uri.getHost(), uri.getPort()), path, login, topicPrefix, queuePrefix);
    }

    boolean isWebSocket() {
        return !path.isEmpty();
    }

    /** How the transport is called in a table. */
    String transport() {
        return isWebSocket() ? "WebSocket" : "TCP";
    }
}
