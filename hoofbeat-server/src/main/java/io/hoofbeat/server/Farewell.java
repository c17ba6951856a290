/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection, such that the last words are heard (SX-LING-1).
 *
 * <p>Closing a socket while something is unread in it makes the kernel send a reset, and what was written last is lost. So
 * everything is written and flushed, WebSocket's Close is exchanged, our direction is shut down, and what comes is thrown away
 * until the peer closes - each for a bounded time. Event loop.
 */
final class Farewell {
    private static final long SPEAKING_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LINGERING_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** As much as a client may be sending when it has not seen yet that it was refused: a body, and a little more. */
    private static final long MOST_DISCARDED = 17L << 20;

    private enum Phase {
        /** The outbox is being written. */
        SPEAKING,
        /** All is in the channel's buffer, the goodbye last. */
        FLUSHING,
        /** The peer has to say goodbye as well. */
        AWAITING,
        /** Our direction is shut. */
        LINGERING,
        OVER
    }

    private final SessionChannel owner;
    private final Framing framing;
    private final Loop loop;
    private final int code;
    private final String text;

    private Phase phase = Phase.SPEAKING;
    private long discarded;
    private @Nullable Future<?> deadline;

    Farewell(SessionChannel owner, Framing framing, Loop loop, int code, String text) {
        this.owner = owner;
        this.framing = framing;
        this.loop = loop;
        this.code = code;
        this.text = text;
        enter(Phase.SPEAKING, SPEAKING_NANOS);
    }

    /** Whether nothing more can be written. */
    boolean hasSpoken() {
        return phase != Phase.SPEAKING;
    }

    /** The outbox is empty: the last words. */
    void speak(Output out) {
        if (!owner.inputHasEnded()) {
            framing.goodbye(code, text, out);
        }
        out.end();
        phase = Phase.FLUSHING;
        owner.context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (phase == Phase.FLUSHING) {
                flushed(flushed.isSuccess());
            }
        });
    }

    private void flushed(boolean heard) {
        if (!heard || owner.inputHasEnded()) {
            finish();
        } else if (framing.awaitsGoodbye()) {
            enter(Phase.AWAITING, ANSWER_NANOS);
        } else {
            linger();
        }
    }

    private void linger() {
        enter(Phase.LINGERING, LINGERING_NANOS);
        shutOutput(owner.context().channel());
    }

    /** The same as {@link #shutOutput}, after what was written before. */
    static void shutOutputWhenFlushed(ChannelHandlerContext context) {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> shutOutput(context.channel()));
    }

    /** Tells the peer that nothing more will come, by TLS first if that is spoken. */
    private static void shutOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutDown(channel);
        } else {
            tls.closeOutbound().addListener(closed -> shutDown(channel));
        }
    }

    private static void shutDown(Channel channel) {
        if (channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown() && duplex.isActive()) {
            duplex.shutdownOutput();
        }
    }

    /** Throws away what comes, but for the peer's goodbye. Takes the buffer over. */
    void discard(ByteBuf in) {
        discarded += in.readableBytes();
        try {
            while (framing.awaitsGoodbye() && framing.next(in) != null) {
                // The octets are of no interest any more.
            }
        } catch (WebSocketException e) {
            // Neither are its mistakes; from here on no goodbye is awaited.
        } finally {
            in.release();
        }
        if (phase == Phase.AWAITING && !framing.awaitsGoodbye()) {
            linger();
        }
        if (discarded > MOST_DISCARDED && hasSpoken()) {
            finish();
        }
    }

    /** The peer has shut its direction. */
    void inputEnded() {
        if (phase == Phase.AWAITING || phase == Phase.LINGERING) {
            finish();
        }
    }

    private void enter(Phase next, long nanos) {
        phase = next;
        cancel();
        deadline = loop.schedule(next == Phase.AWAITING ? this::linger : this::finish, nanos);
    }

    private void finish() {
        owner.context().close();
    }

    /** The channel is closed. */
    void over() {
        phase = Phase.OVER;
        cancel();
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
