/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.server.Tls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.springframework.boot.ssl.SslBundle;

/** A GET to the application's own web server, over a connection of its own. It blocks, for a bounded time. Any thread. */
final class LoopbackRequest {
    private static final int TIMEOUT_MILLIS = Math.toIntExact(TimeUnit.SECONDS.toMillis(30));
    private static final int PIECE = 8 * 1024;

    /** What came back. */
    record Reply(int status, HttpHeaders headers) {}

    /** Makes sockets. */
    interface Dialer {
        Socket open() throws IOException;
    }

    private LoopbackRequest() {}

    /** Sockets with TLS. Whose certificate it is does not matter: it is this very process. */
    static Dialer tls() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return () -> context.getSocketFactory().createSocket();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** The web server's certificate for a listener of ours. */
    static Tls listening(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        if (password == null) {
            password = bundle.getStores().getKeyStorePassword();
        }
        return Tls.keyStore(Objects.requireNonNull(bundle.getStores().getKeyStore()), password == null ? "" : password);
    }

    /**
     * Asks.
     *
     * @param target path and query, as they are sent
     */
    static Reply get(Dialer dialer, InetSocketAddress server, String target, Map<String, String> headers)
            throws IOException {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
        headers.forEach(request.headers()::set);
        request.headers().set(HttpHeaderNames.CONNECTION, "close");
        EmbeddedChannel codec = new EmbeddedChannel(new HttpClientCodec());
        try (Socket socket = dialer.open()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server, TIMEOUT_MILLIS);
            codec.writeOutbound(request);
            for (ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
                socket.getOutputStream().write(ByteBufUtil.getBytes(out));
                out.release();
            }
            return reply(socket.getInputStream(), codec);
        } finally {
            codec.finishAndReleaseAll();
        }
    }

    /** The head of the answer is enough. */
    private static Reply reply(InputStream in, EmbeddedChannel codec) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
            codec.writeInbound(Unpooled.copiedBuffer(piece, 0, length));
            for (Object part = codec.readInbound(); part != null; part = codec.readInbound()) {
                ReferenceCountUtil.release(part);
                if (part instanceof HttpResponse response) {
                    return new Reply(response.status().code(), response.headers());
                }
            }
        }
        throw new IOException("the web server has closed the connection without an answer");
    }
}
