/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Counts what comes before there is a session: first in the pipeline, and gone with the last entrance. */
final class Meter extends Entrance {
    private final Accepted accepted;

    Meter(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        if (read instanceof ByteBuf octets) {
            accepted.holds(octets.readableBytes());
        }
        context.fireChannelRead(read);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.fireExceptionCaught(cause);
    }
}
