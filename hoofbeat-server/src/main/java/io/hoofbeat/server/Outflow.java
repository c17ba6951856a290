/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Delivery;
import io.hoofbeat.broker.Message;
import io.hoofbeat.broker.Session;
import io.hoofbeat.broker.Sink;
import io.hoofbeat.broker.Subscription;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on a connection: from the session's outbox to the channel, as long as the channel takes it, and with one flush for
 * all that has gathered. Event loop.
 */
final class Outflow implements Sink {
    private final ChannelHandlerContext context;
    private final Loop loop;
    private final Framing framing;
    /** Null for a connection that is turned away. */
    private final @Nullable Session session;

    /** A message that has been written in part; no other may be begun before its end. */
    private @Nullable LargeMessage large;

    /** What is said to somebody without a session. */
    private @Nullable Frame refusal;

    private long lastWriteNanos;

    /** What the channel had not written when that was looked at last; tells whether the peer takes anything. */
    private long pendingBefore;

    private long progressBefore;

    Outflow(ChannelHandlerContext context, Loop loop, Framing framing, @Nullable Session session) {
        this.context = context;
        this.loop = loop;
        this.framing = framing;
        this.session = session;
        this.lastWriteNanos = loop.nanoTime();
    }

    void refuse(Frame error) {
        refusal = error;
    }

    /**
     * Writes what there is and the channel takes.
     *
     * @param farewell what comes behind it all; null if the connection goes on
     * @return whether there is more, and room for it
     */
    boolean write(long nowNanos, @Nullable Farewell farewell) {
        Channel channel = context.channel();
        long room = channel.bytesBeforeUnwritable();
        if (room <= 0) {
            return false;
        }
        Output out = loop.output();
        out.begin(context, room);
        framing.control(out);
        long controls = out.total();
        boolean everything = everything(out);
        boolean carriesData = out.total() > controls;
        if (everything && farewell != null) {
            farewell.speak(out);
        } else {
            out.end();
            context.flush();
        }
        if (carriesData && isAllTaken(channel)) {
            lastWriteNanos = nowNanos;
        }
        return !everything && channel.isWritable();
    }

    private boolean everything(Output out) {
        if (refusal != null) {
            frame(refusal);
            refusal = null;
        }
        if (session == null) {
            return true;
        }
        return finishLarge(out) && session.outbox().drain(this) && large == null;
    }

    private boolean finishLarge(Output out) {
        if (large != null && large.proceed(framing, out)) {
            large = null;
        }
        return large == null;
    }

    private static boolean isAllTaken(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || buffer.totalPendingWriteBytes() == 0;
    }

    @Override
    public boolean hasRoom() {
        return large == null && loop.output().hasRoom();
    }

    @Override
    public void frame(Frame frame) {
        Output out = loop.output();
        ByteBuf encoded = out.encode(frame, session == null ? null : session.version());
        framing.frame(encoded.array(), encoded.readableBytes(), out);
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
        byte[] head = subscription.head(message, delivery);
        byte[] tail = message.tail(version());
        Output out = loop.output();
        if (message.isLarge()) {
            large = new LargeMessage(message, head, tail);
            finishLarge(out);
        } else {
            framing.message(head, tail, message, out);
        }
    }

    private Version version() {
        return Objects.requireNonNull(Objects.requireNonNull(session).version());
    }

    @Override
    public void beat() {
        framing.beat(loop.output());
    }

    /** The channel takes octets again. */
    void goesOn(long nowNanos) {
        lastWriteNanos = nowNanos;
    }

    /** When the socket took octets last, as far as it is known: what did not leave with its flush leaves unseen. */
    long lastWriteNanos(long nowNanos) {
        ChannelOutboundBuffer buffer = context.channel().unsafe().outboundBuffer();
        long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long progress = buffer == null ? 0 : buffer.currentProgress();
        if (pending < pendingBefore || (pending == pendingBefore && progress > progressBefore)) {
            lastWriteNanos = nowNanos;
        }
        pendingBefore = pending;
        progressBefore = progress;
        return lastWriteNanos;
    }

    void release() {
        large = null;
        framing.release();
    }
}
