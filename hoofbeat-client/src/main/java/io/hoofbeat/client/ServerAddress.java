/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a server is, and how it is spoken to there.
 *
 * @param scheme what carries the frames
 * @param host a name, or an address without brackets
 * @param port 1 to 65535
 * @param path with the query, if there is one; for TCP and TLS empty
 */
public record ServerAddress(Scheme scheme, String host, int port, String path) {

    /** What carries the frames. */
    public enum Scheme {
        TCP(61613, false, false),
        TLS(61614, true, false),
        WS(80, false, true),
        WSS(443, true, true);

        private final int standardPort;
        private final boolean secure;
        private final boolean webSocket;

        Scheme(int standardPort, boolean secure, boolean webSocket) {
            this.standardPort = standardPort;
            this.secure = secure;
            this.webSocket = webSocket;
        }

        /** Whether there is TLS. */
        public boolean isSecure() {
            return secure;
        }

        public boolean isWebSocket() {
            return webSocket;
        }

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Reads a URL: {@code tcp://}, {@code tls://}, {@code ws://} or {@code wss://}. Ports are by default 61613, 61614, 80 and 443.
     *
     * @throws IllegalArgumentException if it is none; the message says why, and shows no passcode
     */
    public static ServerAddress parse(String url) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (URISyntaxException e) {
            throw malformed(url, "it is no URL");
        }
        Scheme scheme = scheme(url, uri);
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("a URL has no login and no passcode in it: say them apart");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw malformed(url, "there is no host in it");
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = uri.getPort() == -1 ? scheme.standardPort : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw malformed(url, "there is no port " + port);
        }
        return new ServerAddress(scheme, host, port, path(url, uri, scheme));
    }

    private static Scheme scheme(String url, URI uri) {
        String name = uri.getScheme() == null ? "" : uri.getScheme();
        for (Scheme scheme : Scheme.values()) {
            if (scheme.text().equalsIgnoreCase(name)) {
                return scheme;
            }
        }
        String advice = switch (name) {
            case "http" -> "; did you mean ws?";
            case "https" -> "; did you mean wss?";
            case "stomp" -> "; did you mean tcp?";
            case "stomp+ssl", "ssl" -> "; did you mean tls?";
            default -> "";
        };
        throw malformed(url, "it begins with none of tcp://, tls://, ws://, wss://" + advice);
    }

    private static String path(String url, URI uri, Scheme scheme) {
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        if (scheme.isWebSocket()) {
            return (path.isEmpty() ? "/" : path) + query;
        }
        if (!path.isEmpty() && !path.equals("/")) {
            throw malformed(url, "with " + scheme.text() + " there is no path");
        }
        return "";
    }

    private static IllegalArgumentException malformed(String url, String why) {
        return new IllegalArgumentException("cannot use the URL " + url.replaceAll("//[^/@]*@", "//***@") + ": " + why);
    }

    /** Host and port as in a URL. */
    public String hostAndPort() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL. */
    @Override
    public String toString() {
        return scheme.text() + "://" + hostAndPort() + path;
    }
}
