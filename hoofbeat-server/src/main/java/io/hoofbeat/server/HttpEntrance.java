/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** The beginning of an HTTP connection: one request, which the router finds a route for. */
final class HttpEntrance extends Entrance {
    private final Accepted accepted;
    /** Null until the request's head has come. */
    private @Nullable HttpRequest request;

    private boolean isAnswered;

    HttpEntrance(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        try {
            if (isAnswered) {
                return;
            }
            if (read instanceof HttpRequest head) {
                request = head;
            }
            if (read instanceof HttpObject part && part.decoderResult().isFailure()) {
                refuse(context, part.decoderResult().cause());
            } else if (request != null && (read instanceof LastHttpContent || !isGet(request))) {
                serve(context, request);
            }
        } finally {
            ReferenceCountUtil.release(read);
        }
    }

    private static boolean isGet(HttpRequest request) {
        return request.method().equals(HttpMethod.GET);
    }

    private void refuse(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongHttpLineException || cause instanceof TooLongHttpHeaderException) {
            answer(context, HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the request's head is too long");
        } else {
            answer(context, HttpResponseStatus.BAD_REQUEST, "not a request that can be understood");
        }
    }

    private void serve(ChannelHandlerContext context, HttpRequest request) {
        isAnswered = true;
        if (accepted.isProxied()) {
            String client = Forwarded.read(
                            request.headers(), accepted.listener().proxies())
                    .address();
            if (client != null) {
                accepted.comesFrom(client, 0);
            }
            accepted.count();
        }
        accepted.listener().router().route(request).serve(this, context, request);
    }

    Accepted accepted() {
        return accepted;
    }

    /** A short answer in words, and the end. */
    void answer(ChannelHandlerContext context, HttpResponseStatus status, String text, String... headers) {
        isAnswered = true;
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, ByteBufUtil.writeUtf8(context.alloc(), text + "\n"));
        HttpHeaders fields = response.headers();
        fields.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        fields.set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
        fields.set(HttpHeaderNames.CONNECTION, "close");
        for (int i = 0; i < headers.length; i += 2) {
            fields.set(headers[i], headers[i + 1]);
        }
        context.writeAndFlush(response).addListener(written -> Farewell.shutOutput(context.channel()));
        accepted.lingers();
    }

    /** HTTP is over on this connection: what comes next is that handler's, and what has come already. */
    void handOver(ChannelHandlerContext context, StompChannel next) {
        context.pipeline().addLast(next);
        context.pipeline().remove(this);
        context.pipeline().remove(HttpServerCodec.class);
    }
}
