/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What surrounds frames in WebSocket. Octets of the server go on as they come, whatever the messages are cut into; what is
 * written becomes one message each, text if it is UTF-8 (WS-OUT-1, WS-OUT-5).
 *
 * <p>Fires {@link #READY} when the server has agreed.
 */
final class WebSocketTransport extends ChannelDuplexHandler {

    /** The transport can be written to. */
    static final Object READY = new Object();

    private static final int NORMAL = 1000;

    private final WebSocketClientHandshaker handshaker;
    private final String offered;
    private boolean closing;

    WebSocketTransport(ServerAddress address, Set<Version> versions, int maxFrame) {
        // Highest first (WS-SUB-6).
        this.offered = versions.stream()
                .sorted(Comparator.reverseOrder())
                .map(version -> "v" + version.text().replace(".", "") + ".stomp")
                .collect(Collectors.joining(", "));
        this.handshaker = WebSocketClientHandshakerFactory.newHandshaker(
                URI.create(address.toString()),
                WebSocketVersion.V13,
                offered,
                false,
                new DefaultHttpHeaders(),
                maxFrame);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handshaker.handshake(context.channel()).addListener(sent -> {
            if (!sent.isSuccess()) {
                context.fireExceptionCaught(sent.cause());
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof FullHttpResponse response) {
            try {
                handshake(context, response);
            } finally {
                response.release();
            }
        } else if (message instanceof WebSocketFrame frame) {
            frame(context, frame);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void handshake(ChannelHandlerContext context, FullHttpResponse response) {
        if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            context.fireExceptionCaught(
                    new WebSocketHandshakeException("the server answered HTTP " + response.status() + " at this path"));
            context.close();
            return;
        }
        if (!response.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            // A server that names no subprotocol is accepted (WS-SUB-6), which Netty's handshaker would not do.
            response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, offered.split(", ")[0]);
        }
        try {
            handshaker.finishHandshake(context.channel(), response);
        } catch (WebSocketHandshakeException e) {
            context.fireExceptionCaught(e);
            context.close();
            return;
        }
        context.fireUserEventTriggered(READY);
    }

    private void frame(ChannelHandlerContext context, WebSocketFrame frame) {
        if (frame instanceof PingWebSocketFrame) {
            context.writeAndFlush(new PongWebSocketFrame(frame.content()));
        } else if (frame instanceof CloseWebSocketFrame close) {
            boolean answer = !closing;
            closing = true;
            String reason = "WebSocket closed with " + close.statusCode()
                    + (close.reasonText().isEmpty() ? "" : ": " + close.reasonText());
            context.fireUserEventTriggered(new Closed(reason));
            if (answer) {
                context.writeAndFlush(close).addListener(sent -> context.close());
            } else {
                close.release();
                context.close();
            }
        } else if (frame instanceof PongWebSocketFrame) {
            frame.release();
        } else {
            context.fireChannelRead(frame.content());
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf octets && handshaker.isHandshakeComplete()) {
            boolean text = ByteBufUtil.isText(octets, UTF_8);
            context.write(text ? new TextWebSocketFrame(octets) : new BinaryWebSocketFrame(octets), promise);
        } else {
            context.write(message, promise);
        }
    }

    /** Says goodbye; the server closes, or the caller after a while. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (closing || !handshaker.isHandshakeComplete()) {
            context.close(promise);
            return;
        }
        closing = true;
        context.writeAndFlush(new CloseWebSocketFrame(NORMAL, "")).addListener(sent -> context.close(promise));
    }

    /** The server said goodbye. */
    record Closed(String reason) {}
}
