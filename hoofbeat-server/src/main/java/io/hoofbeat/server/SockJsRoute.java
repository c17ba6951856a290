/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The URLs of SockJS at a path and below it: which of them there are, who may use them, and how answers look. Event loop. */
final class SockJsRoute implements Router.Route {
    private static final String NOT_CACHED = "no-store, no-cache, no-transform, must-revalidate, max-age=0";
    private static final String YEAR = "31536000";
    private static final String JSON = "application/json; charset=UTF-8";
    private static final int MOST_OF_ID = 256;
    private static final int MOST_OF_CALLBACK = 64;

    /** Empty, or with what some proxies take for a slash or the end of a path. */
    private static final Pattern ID = Pattern.compile("(?:(?!%2[fF]|%5[cC])[^/.\\\\]){1," + MOST_OF_ID + "}");

    private static final Pattern CALLBACK = Pattern.compile("[a-zA-Z0-9._-]{1," + MOST_OF_CALLBACK + "}");
    private static final Pattern TOKENS =
            Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]+( *, *[a-zA-Z0-9!#$%&'*+.^_`|~-]+)*");
    private static final Pattern COOKIE = Pattern.compile("(?:^|; *)JSESSIONID=([A-Za-z0-9._~-]{1,128})(?:;|$)");

    /** Not the generator of anything that has to be kept secret. */
    private static final SecureRandom ENTROPY = new SecureRandom();

    private final SockJs options;
    private final String base;
    private final SockJsSessions sessions;
    private final WebSocketRoute raw;
    private final WebSocketRoute framed;

    /** Null where the old transports are not to be had. */
    private final @Nullable SockJsFrame frame;

    SockJsRoute(Listener listener, Mount mount) {
        this.options = mount.sockJs();
        this.base = Router.withoutSlash(mount.path());
        this.sessions = new SockJsSessions(listener, mount);
        this.raw = new WebSocketRoute(listener.endpoint(), mount, WebSocketRoute.Kind.RAW);
        this.framed = new WebSocketRoute(listener.endpoint(), mount, WebSocketRoute.Kind.SOCK_JS);
        // With a list of origins it would be a way around it (SJ-SEC-2).
        boolean isLegacy = options.legacy()
                && (listener.endpoint().origins().isEmpty()
                        || listener.origins().allowsAll());
        this.frame = isLegacy ? new SockJsFrame(base, listener.origins().allowsAll()) : null;
    }

    SockJsSessions sessions() {
        return sessions;
    }

    static Answer notFound() {
        return Answer.of(HttpResponseStatus.NOT_FOUND);
    }

    @Override
    public void serve(HttpExchange exchange) {
        String rest = exchange.path().substring(base.length());
        switch (rest) {
            case "", "/" -> greet(exchange);
            case "/info" -> info(exchange);
            case "/websocket" -> webSocket(exchange, raw);
            default -> {
                String[] parts = rest.split("/", -1);
                if (parts.length == 4) {
                    session(exchange, parts[1], parts[2], parts[3]);
                } else if (parts.length == 2 && frame != null) {
                    frame.serve(exchange, parts[1]);
                } else {
                    exchange.answer(notFound());
                }
            }
        }
    }

    private void greet(HttpExchange exchange) {
        if (exchange.isUpgrade() && exchange.path().endsWith("/") && !base.isEmpty()) {
            exchange.answer(notFound());
        } else if (exchange.isUpgrade()) {
            raw.serve(exchange); // which others would refuse: pages use either way on one URL (SJ-BASE-3)
        } else if (exchange.isMethod("GET") || exchange.isMethod("HEAD")) {
            exchange.answer(Answer.of(HttpResponseStatus.OK).text("Welcome to SockJS!\n"));
        } else {
            exchange.answer(Answer.notAllowed("GET, HEAD"));
        }
    }

    private void webSocket(HttpExchange exchange, WebSocketRoute route) {
        if (options.webSocket()) {
            route.serve(exchange);
        } else {
            exchange.answer(notFound());
        }
    }

    private void info(HttpExchange exchange) {
        if (isOther(exchange, "GET", true)) {
            return;
        }
        String text = "{\"websocket\":" + options.webSocket() + ",\"cookie_needed\":" + options.sessionCookie()
                + ",\"origins\":[\"*:*\"],\"entropy\":" + Integer.toUnsignedString(ENTROPY.nextInt()) + "}";
        exchange.answer(shared(exchange, HttpResponseStatus.OK)
                .with("Cache-Control", NOT_CACHED)
                .body(JSON, text.getBytes(UTF_8)));
    }

    // ---- sessions

    private void session(HttpExchange exchange, String server, String id, String name) {
        if (!ID.matcher(server).matches() || !ID.matcher(id).matches()) {
            exchange.answer(notFound());
            return;
        }
        SockJsTransport transport = SockJsTransport.of(name);
        if (name.equals("websocket")) {
            webSocket(exchange, framed);
        } else if (name.equals("xhr_send") || (name.equals("jsonp_send") && frame != null)) {
            send(exchange, id, name.equals("jsonp_send"));
        } else if (transport != null && (!transport.isLegacy() || frame != null)) {
            receive(exchange, id, transport);
        } else {
            exchange.answer(notFound());
        }
    }

    private void receive(HttpExchange exchange, String id, SockJsTransport transport) {
        if (isOther(exchange, transport.method(), !transport.hasCallback())) {
            return;
        }
        String callback = "";
        if (transport.hasCallback()) {
            String asked = exchange.parameter("c");
            if (asked == null || asked.isEmpty() || !CALLBACK.matcher(asked).matches()) {
                String what = asked == null || asked.isEmpty()
                        ? "\"callback\" parameter required"
                        : "invalid \"callback\" parameter";
                exchange.answer(Answer.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, what));
                return;
            }
            callback = asked;
        }
        Answer head = ofSession(exchange, HttpResponseStatus.OK).with("Content-Type", transport.contentType());
        if (transport.isStreaming()) {
            head.with("X-Accel-Buffering", "no");
        }
        sessions.receive(exchange, id, transport, callback, head);
    }

    private void send(HttpExchange exchange, String id, boolean jsonp) {
        if (isOther(exchange, "POST", !jsonp)) {
            return;
        }
        if (jsonp) {
            String type = exchange.header(HttpHeaderNames.CONTENT_TYPE);
            boolean isForm =
                    type != null && type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded");
            Answer accepted = ofSession(exchange, HttpResponseStatus.OK).text("ok");
            sessions.send(exchange, id, true, accepted, body -> isForm ? field(body) : body);
        } else {
            Answer accepted = ofSession(exchange, HttpResponseStatus.NO_CONTENT)
                    .noBody()
                    .with("Content-Type", "text/plain; charset=UTF-8");
            sessions.send(exchange, id, false, accepted, body -> body);
        }
    }

    private static @Nullable ByteBuf field(ByteBuf form) {
        String value = HttpExchange.parameter(form.toString(UTF_8), "d");
        return value == null ? null : Unpooled.wrappedBuffer(value.getBytes(UTF_8));
    }

    // ---- who may, and what answers say

    /**
     * Answers what is not of that method, or of a page that may not.
     *
     * @param shared whether browsers ask before they let pages of other origins do it
     * @return whether that was it
     */
    private boolean isOther(HttpExchange exchange, String method, boolean shared) {
        boolean isPreflight = shared && exchange.isMethod("OPTIONS");
        if (!exchange.isMethod(method) && !isPreflight) {
            exchange.answer(Answer.notAllowed(shared ? "OPTIONS, " + method : method));
            return true;
        }
        if (!exchange.isOriginAllowed()) {
            exchange.answer(Answer.of(HttpResponseStatus.FORBIDDEN).with("Vary", "Origin"));
            return true;
        }
        if (isPreflight) {
            preflight(exchange, method);
        }
        return isPreflight;
    }

    private void preflight(HttpExchange exchange, String method) {
        Answer answer = shared(exchange, HttpResponseStatus.NO_CONTENT)
                .noBody()
                .with("Cache-Control", "public, max-age=" + YEAR)
                .with("Expires", Resource.inOneYear())
                .with("Access-Control-Max-Age", YEAR)
                .with("Access-Control-Allow-Methods", "OPTIONS, " + method);
        List<String> asked = exchange.headers().getAll(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        if (asked.size() == 1 && TOKENS.matcher(asked.get(0)).matches()) {
            answer.with("Access-Control-Allow-Headers", asked.get(0));
        }
        exchange.answer(answer);
    }

    /** For pages of all origins that may. */
    private static Answer shared(HttpExchange exchange, HttpResponseStatus status) {
        String origin = exchange.origin();
        Answer answer = Answer.of(status)
                .with("Vary", "Origin")
                .with("Access-Control-Allow-Origin", origin == null ? "*" : origin);
        if (origin != null && exchange.mayHaveCredentials()) {
            answer.with("Access-Control-Allow-Credentials", "true");
        }
        return answer;
    }

    private Answer ofSession(HttpExchange exchange, HttpResponseStatus status) {
        Answer answer = shared(exchange, status).with("Cache-Control", NOT_CACHED);
        if (options.sessionCookie()) {
            String ways = exchange.isSecure() ? "; HttpOnly; SameSite=None; Secure" : "; HttpOnly; SameSite=Lax";
            answer.with("Set-Cookie", "JSESSIONID=" + cookie(exchange) + "; path=/" + ways);
        }
        return answer;
    }

    private static String cookie(HttpExchange exchange) {
        String cookies = exchange.header(HttpHeaderNames.COOKIE);
        Matcher own = COOKIE.matcher(cookies == null ? "" : cookies);
        return own.find() ? own.group(1) : "dummy";
    }
}
