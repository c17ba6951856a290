/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** The beginning of an HTTP connection: one request, which the router finds a route for. */
final class HttpEntrance extends Entrance {
    private final Accepted accepted;
    /** Null until the request's head has come, and after it was answered. */
    private @Nullable HttpRequest request;

    HttpEntrance(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        try {
            if (read instanceof HttpRequest head) {
                request = head;
            }
            if (request != null && request.decoderResult().isFailure()) {
                answer(context, HttpResponseStatus.BAD_REQUEST, "not a request that can be understood");
            } else if (request != null && read instanceof LastHttpContent) {
                HttpRequest complete = request;
                request = null;
                accepted.listener().router().route(complete).serve(this, context, complete);
            } else if (read instanceof HttpContent content && content.content().isReadable()) {
                answer(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "nothing here takes a body");
            }
        } finally {
            ReferenceCountUtil.release(read);
        }
    }

    Accepted accepted() {
        return accepted;
    }

    /** A short answer in words, and the end. */
    void answer(ChannelHandlerContext context, HttpResponseStatus status, String text, String... headers) {
        request = null;
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
