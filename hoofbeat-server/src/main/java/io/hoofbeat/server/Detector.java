/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sees from the first octets whether a client of a shared endpoint speaks TLS, HTTP or STOMP. */
final class Detector extends ByteToMessageDecoder {
    private static final int TLS_HANDSHAKE = 0x16;

    /** HTTP's methods that can be meant; CONNECT is none of them, and followed by a line end in STOMP. */
    private static final String[] METHODS = {"GET ", "POST ", "HEAD ", "OPTIONS ", "PUT ", "DELETE ", "PATCH "};

    private final Accepted accepted;

    Detector(Accepted accepted) {
        this.accepted = accepted;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int first = in.getUnsignedByte(in.readerIndex());
        if (first == TLS_HANDSHAKE
                && !accepted.isSecure()
                && accepted.listener().isSecure()) {
            accepted.secure();
            context.pipeline().remove(this);
            return;
        }
        boolean http = false;
        boolean undecided = false;
        for (String method : METHODS) {
            int length = Math.min(method.length(), in.readableBytes());
            boolean same = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1)
                    .equals(method.substring(0, length));
            http |= same && length == method.length();
            undecided |= same && length < method.length();
        }
        if (http || !undecided) {
            accepted.speak(http);
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
}
