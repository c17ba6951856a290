/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on a connection: from the talk to the channel, as long as the channel takes it, and with one flush for all that
 * has gathered. Event loop.
 */
final class Outflow {
    private final ChannelHandlerContext context;
    private final Loop loop;
    private final Framing framing;
    private final Talk talk;
    private final Progress progress;

    Outflow(ChannelHandlerContext context, Loop loop, Framing framing, Talk talk) {
        this.context = context;
        this.loop = loop;
        this.framing = framing;
        this.talk = talk;
        this.progress = new Progress(loop.nanoTime());
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
        boolean everything = talk.drain(out);
        boolean carriesData = out.total() > controls;
        if (everything && farewell != null) {
            farewell.speak(out);
        } else {
            out.end();
            context.flush();
        }
        if (carriesData) {
            progress.wrote(channel, nowNanos);
        }
        return !everything && channel.isWritable() && !talk.awaitsWake();
    }

    /** The channel takes octets again. */
    void goesOn(long nowNanos) {
        progress.goesOn(nowNanos);
    }

    long lastWriteNanos(long nowNanos) {
        return progress.lastWriteNanos(context.channel(), nowNanos);
    }
}
