/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ProtocolDetectionResult;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import java.util.List;

/** Looks whether a trusted proxy begins with a PROXY header, and learns from it who the client is. */
final class ProxyEntrance extends ByteToMessageDecoder {
    private final Accepted accepted;

    ProxyEntrance(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        ProtocolDetectionResult<HAProxyProtocolVersion> header = HAProxyMessageDecoder.detectProtocol(in);
        if (header.state() == ProtocolDetectionState.DETECTED) {
            context.pipeline().addLast(new HAProxyMessageDecoder(), new Header());
            context.pipeline().remove(this);
        } else if (header.state() == ProtocolDetectionState.INVALID) {
            accepted.isKnown();
            context.pipeline().remove(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Takes the header; its decoder removes itself, and hands on what follows. */
    private final class Header extends Entrance {

        @Override
        public void channelRead(ChannelHandlerContext context, Object read) {
            if (read instanceof HAProxyMessage header) {
                if (header.sourceAddress() != null && header.sourcePort() > 0) {
                    accepted.comesFrom(header.sourceAddress(), header.sourcePort());
                }
                header.release();
                accepted.isKnown();
                context.pipeline().remove(this);
            } else {
                context.fireChannelRead(read);
            }
        }
    }
}
