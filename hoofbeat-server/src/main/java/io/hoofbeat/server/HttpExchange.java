/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import static io.netty.handler.codec.http.HttpHeaderNames.ORIGIN;

import io.hoofbeat.broker.Share;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An HTTP request and the answer to it. Event loop of its connection, except where a method says any thread. */
final class HttpExchange {

    /** Who writes an answer piece by piece. Event loop of the connection. */
    interface Stream {
        /** More can be written. */
        void writable();

        /** The connection is gone, and the answer was not at its end. */
        void gone();
    }

    private static final int MOST_DISCARDED = 64 * 1024;
    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final HttpConnection connection;
    private final String method;
    private final String path;
    private final @Nullable String query;
    private final boolean isHttp11;
    private final long declaredLength;
    private boolean closes;

    /** Null once a stream has begun, which may live long. */
    private @Nullable HttpHeaders headers;

    /** What the client's address is, if a proxy tells; null before that was looked at. */
    private @Nullable Forwarded forwarded;

    /** Null if nobody wants the body. */
    private @Nullable Consumer<ByteBuf> reader;

    private int mostOfBody = MOST_DISCARDED;
    private @Nullable ByteBuf body;
    private int bodyLength;

    /** For the body, until the answer: what was read may have to wait. Null while there is none. */
    private @Nullable Share share;

    private boolean inputHasEnded;
    private boolean isAnswered;

    /** Null unless the answer is a stream that has not ended. */
    private @Nullable Stream stream;

    HttpExchange(HttpConnection connection, HttpRequest request) {
        this.connection = connection;
        this.method = request.method().name();
        String uri = request.uri();
        int start = startOfPath(uri);
        int end = uri.indexOf('?', start);
        this.path = uri.substring(start, end < 0 ? uri.length() : end);
        this.query = end < 0 ? null : uri.substring(end + 1);
        this.headers = request.headers();
        this.declaredLength = HttpUtil.getContentLength(request, 0L);
        this.isHttp11 = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        this.closes = !isHttp11 || request.headers().containsValue(HttpHeaderNames.CONNECTION, "close", true);
    }

    /** Behind scheme and host, which proxies' clients may send. */
    private static int startOfPath(String uri) {
        if (uri.startsWith("/")) {
            return 0;
        }
        int host = uri.indexOf("://");
        return host < 0 ? 0 : Math.max(0, uri.indexOf('/', host + 3));
    }

    // ---- the request

    String method() {
        return method;
    }

    boolean isMethod(String other) {
        return method.equals(other);
    }

    /** As it was sent, without the query. */
    String path() {
        return path;
    }

    /** What follows the question mark; null if there is none. */
    @Nullable String query() {
        return query;
    }

    /** The first parameter of that name, decoded; null if there is none, or if it cannot be decoded. */
    @Nullable String parameter(String name) {
        return query == null ? null : parameter(query, name);
    }

    /** The same of a form. */
    static @Nullable String parameter(String form, String name) {
        try {
            List<String> values =
                    new QueryStringDecoder(form, false).parameters().getOrDefault(name, List.of());
            return values.isEmpty() ? null : values.get(0);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Only before a stream begins. */
    HttpHeaders headers() {
        return Objects.requireNonNull(headers);
    }

    @Nullable String header(CharSequence name) {
        return headers().get(name);
    }

    boolean isHttp11() {
        return isHttp11;
    }

    boolean isUpgrade() {
        return headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
    }

    Accepted accepted() {
        return connection.accepted();
    }

    Loop loop() {
        return connection.accepted().loop();
    }

    ChannelHandlerContext context() {
        return connection.context();
    }

    /** Runs the task on the connection's event loop. Any thread. */
    void execute(Runnable task) {
        loop().execute(task);
    }

    /** The client's, as the proxy says if there is one that is trusted. */
    String address() {
        String told = accepted().isProxied() ? forwarded().address() : null;
        return told == null ? accepted().address() : told;
    }

    /** The client's, 0 if it is not known. */
    int port() {
        return accepted().isProxied() && forwarded().address() != null
                ? 0
                : accepted().port();
    }

    private Forwarded forwarded() {
        if (forwarded == null) {
            forwarded = Forwarded.read(headers(), accepted().listener().proxies());
        }
        return forwarded;
    }

    /** Whether the client's own connection is one of TLS. */
    boolean isSecure() {
        String scheme = accepted().isProxied() ? forwarded().scheme() : null;
        return scheme == null ? accepted().isSecure() : scheme.equalsIgnoreCase("https");
    }

    // ---- where the page comes from

    /** What the browser says; null if it is none, or a page of the same origin that needs not say so. */
    @Nullable String origin() {
        return header(ORIGIN);
    }

    /** The origin that pages of this very server have; null if that is not known. */
    private @Nullable String ownOrigin() {
        String host = header(HttpHeaderNames.HOST);
        if (accepted().isProxied() && forwarded().host() != null) {
            host = forwarded().host();
        }
        return host == null ? null : (isSecure() ? "https" : "http") + "://" + host;
    }

    /**
     * Whether that page may (WS-ORG-1); who may not is logged. Scripts and images of a page come without an origin, but newer
     * browsers say whether the page is another site's.
     */
    boolean isOriginAllowed() {
        Listener listener = accepted().listener();
        Origins origins = listener.origins();
        boolean isForeign = origin() == null && "cross-site".equals(header("Sec-Fetch-Site"));
        boolean allowed = headers().getAll(ORIGIN).size() < 2
                && (isForeign ? origins.allowsAll() : origins.allow(origin(), ownOrigin()));
        if (!allowed) {
            listener.refusedOrigin(String.valueOf(origin()));
        }
        return allowed;
    }

    /**
     * Whether a page may have the browser show who its user is. That is the case for all pages that may come in, since the SockJS
     * client always asks so, though it sends nothing that tells; but where clients show certificates, it is for pages that are named,
     * and not for those that are let in because all are.
     */
    boolean mayHaveCredentials() {
        Listener listener = accepted().listener();
        return !listener.endpoint().asksForCertificate() || listener.origins().isNamed(origin(), ownOrigin());
    }

    /** Two requests from pages of the same origin have the same; empty for this server's own. */
    String originKey() {
        return Origins.key(origin(), ownOrigin());
    }

    // ---- its body

    /**
     * Has the body read. The reader gets it when it is complete, and gives nothing back; who sends too much is told.
     *
     * @param most octets
     * @param trusted whether it counts towards what connections may hold before it is known who they are
     */
    void read(int most, boolean trusted, Consumer<ByteBuf> whole) {
        if (declaredLength > most) {
            tooLarge();
            return;
        }
        reader = whole;
        mostOfBody = most;
        if (trusted) {
            accepted().trust();
        }
        if (isHttp11 && headers().containsValue(HttpHeaderNames.EXPECT, "100-continue", true)) {
            context().writeAndFlush(Unpooled.wrappedBuffer(CONTINUE), context().voidPromise());
        }
    }

    /** A part of the body has come. */
    void content(ByteBuf part, boolean isLast) {
        bodyLength += part.readableBytes();
        if (bodyLength > mostOfBody) {
            tooLarge();
            return;
        }
        if (reader != null && bodyLength > 0 && !mayKeep(bodyLength)) {
            refuseBody(Answer.of(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "too much has come in part (max-input-bytes); try again later"));
        } else if (reader == null) {
            inputHasEnded = isLast;
        } else if (!isLast) {
            body = body == null ? context().alloc().heapBuffer(part.readableBytes()) : body;
            body.writeBytes(part);
        } else {
            inputHasEnded = true;
            if (body == null) {
                reader.accept(part);
            } else {
                body.writeBytes(part);
                reader.accept(body);
                release();
            }
        }
    }

    private boolean mayKeep(int octets) {
        if (share == null) {
            share = accepted().listener().server().broker().inputShare();
        }
        return share.resize(octets);
    }

    private void tooLarge() {
        refuseBody(Answer.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too large"));
    }

    private void refuseBody(Answer why) {
        closes = true;
        reader = null;
        release();
        if (isAnswered) {
            inputHasEnded = true;
            connection.finished(this);
        } else {
            answer(why);
        }
    }

    boolean inputHasEnded() {
        return inputHasEnded;
    }

    // ---- the answer

    /** Answers, if that has not been done. Any thread. */
    void answer(Answer answer) {
        if (!loop().eventLoop().inEventLoop()) {
            execute(() -> answer(answer));
        } else if (!isAnswered) {
            isAnswered = true;
            giveShareBack();
            // Who waits for a word that the body is wanted will perhaps never send it.
            closes |= !inputHasEnded && headers().contains(HttpHeaderNames.EXPECT);
            context()
                    .writeAndFlush(
                            answer.encode(context().alloc(), loop().date(), closes, !isMethod("HEAD")),
                            context().voidPromise());
            connection.finished(this);
        }
    }

    /** The same, and the end of the connection. */
    void answerAndClose(Answer answer) {
        closes = true;
        answer(answer);
    }

    /** Answers piece by piece from now on: the writer writes the head, then the body, in chunks if they can be had. */
    byte[] begin(Answer head, Stream writer) {
        byte[] octets = head.streamHead(loop().date(), isHttp11);
        stream = writer;
        headers = null;
        forwarded = null;
        return octets;
    }

    /** Whether a stream is in chunks, and has an end of its own; the end of the connection is it else. */
    boolean isChunked() {
        return isHttp11;
    }

    boolean isAnswered() {
        return isAnswered;
    }

    boolean isStreaming() {
        return stream != null;
    }

    /** All of the stream has been written. Any thread. */
    void end() {
        if (!loop().eventLoop().inEventLoop()) {
            execute(this::end);
        } else if (stream != null) {
            stream = null;
            isAnswered = true;
            connection.finished(this);
        }
    }

    /** The channel takes octets again. */
    void writable() {
        if (stream != null) {
            stream.writable();
        }
    }

    /** The connection is gone. */
    void gone() {
        isAnswered = true;
        release();
        giveShareBack();
        Stream writer = stream;
        stream = null;
        if (writer != null) {
            writer.gone();
        }
    }

    /** Whether it is over, and the connection free for another. */
    boolean isFinished() {
        return isAnswered && (inputHasEnded || closes);
    }

    boolean closes() {
        return closes;
    }

    /** WebSocket begins here; what is answered has been written. */
    void handOver(SessionChannel next) {
        isAnswered = true;
        connection.handOver(next);
    }

    private void giveShareBack() {
        if (share != null) {
            share.resize(0);
            share = null;
        }
    }

    private void release() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    /** The headers by their names in lower case; of repeated ones all values, with commas between. */
    Map<String, String> headerMap() {
        Map<String, String> all = new TreeMap<>();
        headers().forEach(field -> {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            all.merge(name, field.getValue(), (a, b) -> a + (name.equals("cookie") ? "; " : ", ") + b);
        });
        return all;
    }
}
