/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_VERSION;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.hoofbeat.server.Mount.Admission;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The opening handshake of WebSocket (RFC 6455, section 4), and then what is mounted there. */
final class WebSocketRoute implements Router.Route {

    /** What is spoken in the WebSocket. */
    enum Kind {
        /** What is mounted, at a path where there is nothing else. */
        ALONE,
        /** What is mounted, at a path of SockJS. */
        RAW,
        /** The frames of SockJS. */
        SOCK_JS
    }

    private static final String VERSION = "13";
    private static final int KEY_OCTETS = 16;
    private static final byte[] GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".getBytes(US_ASCII);

    private final Endpoint endpoint;
    private final Mount mount;
    private final Kind kind;

    WebSocketRoute(Endpoint endpoint, Mount mount, Kind kind) {
        this.endpoint = endpoint;
        this.mount = mount;
        this.kind = kind;
    }

    @Override
    public void serve(HttpExchange exchange) {
        if (!exchange.isMethod("GET")) {
            exchange.answer(Answer.notAllowed("GET"));
            return;
        }
        Answer refusal = refusal(exchange);
        if (refusal != null) {
            exchange.answerAndClose(refusal);
            return;
        }
        mount.admit(
                exchange,
                transport(exchange.accepted()),
                exchange.headers().getAll(SEC_WEBSOCKET_PROTOCOL),
                admission -> upgrade(exchange, admission));
    }

    private static String transport(Accepted accepted) {
        return accepted.isSecure() ? "wss" : "ws";
    }

    /** What is wrong with the request; null if nothing is. */
    private @Nullable Answer refusal(HttpExchange exchange) {
        HttpHeaders headers = exchange.headers();
        if (!exchange.isUpgrade() || !headers.containsValue(CONNECTION, "Upgrade", true)) {
            return kind == Kind.ALONE
                    ? Answer.of(HttpResponseStatus.UPGRADE_REQUIRED, "this is for WebSocket")
                            .with("Upgrade", "websocket")
                            .with("Connection", "Upgrade")
                    : Answer.of(HttpResponseStatus.BAD_REQUEST, "not a valid WebSocket request");
        }
        List<String> versions = headers.getAll(SEC_WEBSOCKET_VERSION);
        if (kind == Kind.SOCK_JS && versions.isEmpty()) {
            return Answer.of(HttpResponseStatus.BAD_REQUEST, "a draft of WebSocket that is not spoken");
        } else if (!List.of(VERSION).equals(versions)) {
            return Answer.of(
                            HttpResponseStatus.UPGRADE_REQUIRED,
                            "only version " + VERSION + " of WebSocket is spoken here")
                    .with("Sec-WebSocket-Version", VERSION)
                    .with("Upgrade", "websocket")
                    .with("Connection", "Upgrade");
        } else if (!exchange.isHttp11() || headers.getAll(HOST).size() != 1) {
            return Answer.of(HttpResponseStatus.BAD_REQUEST, "a WebSocket needs HTTP/1.1 and one Host");
        } else if (!isKey(headers.getAll(SEC_WEBSOCKET_KEY))) {
            return Answer.of(HttpResponseStatus.BAD_REQUEST, "Sec-WebSocket-Key must be 16 octets in base64, once");
        } else if (!exchange.isOriginAllowed()) {
            return Answer.of(HttpResponseStatus.FORBIDDEN, "not for pages of this origin");
        }
        return null;
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

    private void upgrade(HttpExchange exchange, Admission admission) {
        Channel channel = exchange.context().channel();
        if (!channel.isActive()) {
            return;
        }
        HttpHeaders asked = exchange.headers();
        Answer answer = Answer.of(HttpResponseStatus.SWITCHING_PROTOCOLS)
                .noBody()
                .with("Upgrade", "websocket")
                .with("Connection", "Upgrade")
                .with("Sec-WebSocket-Accept", accept(String.valueOf(asked.get(SEC_WEBSOCKET_KEY))));
        answer.with(admission.fields());
        if (admission.subprotocol() != null) {
            answer.with("Sec-WebSocket-Protocol", admission.subprotocol());
        }
        String extension = endpoint.compression() && kind != Kind.SOCK_JS
                ? PerMessageDeflate.answer(asked.getAll(SEC_WEBSOCKET_EXTENSIONS))
                : null;
        if (extension != null) {
            answer.with("Sec-WebSocket-Extensions", extension);
        }
        Accepted accepted = exchange.accepted();
        if (accepted.isProxied()) {
            accepted.comesFrom(exchange.address(), exchange.port());
            accepted.count();
        }
        exchange.context()
                .writeAndFlush(
                        answer.encode(channel.alloc(), accepted.loop().date(), false, false),
                        exchange.context().voidPromise());
        exchange.handOver(accepted.converse(
                admission.transport(),
                admission.user(),
                framing(accepted.loop(), extension != null),
                admission.starter()));
    }

    private Function<SessionChannel, Framing> framing(Loop loop, boolean compresses) {
        if (kind == Kind.SOCK_JS) {
            return owner -> new SockJsWebSocketFraming(
                    loop, owner::wake, mount, () -> mount.mostOfRequest(owner.isWelcome()), endpoint.webSocketPing());
        }
        return owner -> new WebSocketFraming(
                loop, owner::wake, compresses, mount.mostOfMessage(), endpoint.webSocketPing(), mount.isOfMessages());
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
