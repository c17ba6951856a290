/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServletServerHttpRequest;

/**
 * Before all other filters, knows which requests are handshakes that came to a listener of ours and are shown to the application, and has
 * them look as if the client itself had sent them.
 *
 * <p>They carry a secret that nobody outside this process knows; from other requests the headers are not taken.
 */
final class HandshakeFilter implements Filter, Ordered {
    private static final String SECRET = "Hoofbeat-Secret";
    private static final String REMOTE = "Hoofbeat-Remote";
    private static final String TICKET = "Hoofbeat-Ticket";
    private static final Set<String> OURS = Set.of("hoofbeat-secret", "hoofbeat-remote", "hoofbeat-ticket");
    private static final int SECRET_OCTETS = 24;

    private final String secret;

    HandshakeFilter() {
        byte[] octets = new byte[SECRET_OCTETS];
        new SecureRandom().nextBytes(octets);
        secret = HexFormat.of().formatHex(octets);
    }

    /**
     * What such a request says besides.
     *
     * @param ticket under which it is known to the listener
     */
    Map<String, String> headers(String remoteAddress, int remotePort, String ticket) {
        return Map.of(SECRET, secret, REMOTE, remoteAddress + " " + remotePort, TICKET, ticket);
    }

    /** The ticket of such a request; null if it is another. */
    static @Nullable String ticket(ServerHttpRequest request) {
        return request instanceof ServletServerHttpRequest servlet
                ? (String) servlet.getServletRequest().getAttribute(TICKET)
                : null;
    }

    /** Whether a header is one of those that say so; nobody else is to send it. */
    static boolean isOurs(String name) {
        return OURS.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && isSecret(http.getHeader(SECRET))) {
            String[] remote = http.getHeader(REMOTE).split(" ");
            request.setAttribute(TICKET, http.getHeader(TICKET));
            chain.doFilter(new OfClient(http, remote[0], Integer.parseInt(remote[1])), response);
        } else {
            chain.doFilter(request, response);
        }
    }

    private boolean isSecret(@Nullable String said) {
        return said != null
                && MessageDigest.isEqual(
                        said.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
    }

    /** The request as the client sent it, unless the web server has found out more about it by what a proxy says. */
    private static final class OfClient extends HttpServletRequestWrapper {
        private final String address;
        private final int port;

        OfClient(HttpServletRequest request, String address, int port) {
            super(request);
            this.address = address;
            this.port = port;
        }

        private boolean isFromHere() {
            String known = super.getRemoteAddr();
            return known.equals(super.getLocalAddr())
                    || known.startsWith("127.")
                    || known.equals("0:0:0:0:0:0:0:1")
                    || known.equals("::1");
        }

        @Override
        public String getRemoteAddr() {
            return isFromHere() ? address : super.getRemoteAddr();
        }

        @Override
        public String getRemoteHost() {
            return isFromHere() ? address : super.getRemoteHost();
        }

        @Override
        public int getRemotePort() {
            return isFromHere() ? port : super.getRemotePort();
        }

        @Override
        public @Nullable String getHeader(String name) {
            return isOurs(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isOurs(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            List<String> names = Collections.list(super.getHeaderNames()).stream()
                    .filter(name -> !isOurs(name))
                    .collect(Collectors.toList());
            return Collections.enumeration(names);
        }
    }
}
