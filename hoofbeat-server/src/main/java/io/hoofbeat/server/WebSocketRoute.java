/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.ORIGIN;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_ACCEPT;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_VERSION;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.protocol.CodecLimits;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The opening handshake of WebSocket (RFC 6455, section 4), and then STOMP in it. */
final class WebSocketRoute implements Router.Route {
    private static final String VERSION = "13";
    private static final int KEY_OCTETS = 16;

    /** What a message may have beside the largest frame: the command, and heart-beats. */
    private static final int SLACK = 64 * 1024;

    private static final byte[] GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".getBytes(US_ASCII);

    /** STOMP's names as subprotocol, highest first: the highest that is offered is chosen, whatever the order (WS-SUB-2). */
    private static final List<String> SUBPROTOCOLS = List.of("v12.stomp", "v11.stomp", "v10.stomp");

    private final Endpoint endpoint;

    WebSocketRoute(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public void serve(HttpEntrance entrance, ChannelHandlerContext context, HttpRequest request) {
        HttpHeaders headers = request.headers();
        if (!request.method().equals(HttpMethod.GET)) {
            entrance.answer(
                    context, HttpResponseStatus.METHOD_NOT_ALLOWED, "a WebSocket starts with GET", "Allow", "GET");
        } else if (!headers.containsValue(UPGRADE, "websocket", true)
                || !headers.containsValue(CONNECTION, "Upgrade", true)) {
            entrance.answer(
                    context,
                    HttpResponseStatus.UPGRADE_REQUIRED,
                    "this is for WebSocket",
                    "Upgrade",
                    "websocket",
                    "Connection",
                    "Upgrade, close");
        } else if (!List.of(VERSION).equals(headers.getAll(SEC_WEBSOCKET_VERSION))) {
            entrance.answer(
                    context,
                    HttpResponseStatus.UPGRADE_REQUIRED,
                    "only version " + VERSION + " of WebSocket is spoken here",
                    "Sec-WebSocket-Version",
                    VERSION,
                    "Upgrade",
                    "websocket",
                    "Connection",
                    "Upgrade, close");
        } else if (request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0
                || headers.getAll(HOST).size() != 1) {
            entrance.answer(context, HttpResponseStatus.BAD_REQUEST, "a WebSocket needs HTTP/1.1 and one Host");
        } else if (!isKey(headers.getAll(SEC_WEBSOCKET_KEY))) {
            entrance.answer(
                    context, HttpResponseStatus.BAD_REQUEST, "Sec-WebSocket-Key must be 16 octets in base64, once");
        } else if (headers.getAll(ORIGIN).size() > 1 || !isAllowed(entrance, headers)) {
            entrance.answer(context, HttpResponseStatus.FORBIDDEN, "not for pages of this origin");
        } else {
            upgrade(entrance, context, headers);
        }
    }

    private static boolean isKey(List<String> keys) {
        try {
            return keys.size() == 1
                    && keys.get(0).length() == 24
                    && Base64.getDecoder().decode(keys.get(0)).length == KEY_OCTETS;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isAllowed(HttpEntrance entrance, HttpHeaders headers) {
        String origin = headers.get(ORIGIN);
        Accepted accepted = entrance.accepted();
        Listener listener = accepted.listener();
        String scheme = accepted.isSecure() ? "https" : "http";
        String host = headers.get(HOST);
        if (accepted.isProxied()) {
            Forwarded forwarded = Forwarded.read(headers, listener.proxies());
            scheme = Objects.requireNonNullElse(forwarded.scheme(), scheme);
            host = Objects.requireNonNullElse(forwarded.host(), host);
        }
        String own = scheme + "://" + host;
        boolean allowed = listener.origins().allow(origin, own);
        if (!allowed) {
            listener.refusedOrigin(String.valueOf(origin));
        }
        return allowed;
    }

    private void upgrade(HttpEntrance entrance, ChannelHandlerContext context, HttpHeaders asked) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        HttpHeaders fields = response.headers();
        fields.set(UPGRADE, "websocket");
        fields.set(CONNECTION, "Upgrade");
        fields.set(SEC_WEBSOCKET_ACCEPT, accept(asked.get(SEC_WEBSOCKET_KEY)));
        String subprotocol = subprotocol(asked.getAll(SEC_WEBSOCKET_PROTOCOL));
        if (subprotocol != null) {
            fields.set(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        }
        String extension =
                endpoint.compression() ? PerMessageDeflate.answer(asked.getAll(SEC_WEBSOCKET_EXTENSIONS)) : null;
        if (extension != null) {
            fields.set(SEC_WEBSOCKET_EXTENSIONS, extension);
        }
        context.writeAndFlush(response, context.voidPromise());
        Accepted accepted = entrance.accepted();
        CodecLimits limits = accepted.broker().options().codec();
        long mostInflated = (long) limits.body() + limits.headerOctets() + SLACK;
        StompChannel next = accepted.converse(
                accepted.isSecure() ? "wss" : "ws",
                owner -> new WebSocketFraming(
                        accepted.loop(), owner::wake, extension != null, mostInflated, endpoint.webSocketPing()));
        entrance.handOver(context, next);
    }

    /** Null if nothing of what is offered is STOMP: it is let in without (WS-SUB-3, WS-SUB-4). */
    static @Nullable String subprotocol(List<String> offers) {
        for (String name : SUBPROTOCOLS) {
            for (String offer : String.join(",", offers).split(",")) {
                if (offer.strip().equalsIgnoreCase(name)) {
                    return offer.strip();
                }
            }
        }
        return null;
    }

    static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(key.getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(sha1.digest(GUID));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
