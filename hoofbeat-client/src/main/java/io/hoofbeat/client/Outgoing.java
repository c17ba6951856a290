/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.client;

import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameEncoder;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * The way of frames to the socket. They are encoded by whoever sends them, who waits there if too much is under way; writing
 * and flushing is the event loop's, once for all frames that have gathered.
 */
final class Outgoing {

    /**
     * What is to be written, and has its room in the window. It has one owner at a time, who writes it or drops it.
     *
     * @param size the octets, also when they have been written and are gone
     */
    record Packet(ByteBuf octets, int size) {}

    private final ChannelHandlerContext context;
    private final SendWindow window;
    private final Runnable onWritten;
    private boolean flushing;

    /** @param onWritten called by the loop whenever the socket has taken a packet */
    Outgoing(ChannelHandlerContext context, ClientOptions options, Runnable onWritten) {
        this.context = context;
        this.window =
                new SendWindow(options.maxUnsentBytes(), options.sendTimeout().toNanos());
        this.onWritten = onWritten;
    }

    /**
     * Encodes a frame, and waits for room, unless it is the loop itself that asks. Any thread.
     *
     * @throws IllegalArgumentException if this version cannot carry it
     * @throws NoAnswerException if there was no room in time
     */
    Packet pack(Frame frame, Version version) {
        Openings.requireCarried(frame, version);
        ByteBuf octets = context.alloc().buffer();
        boolean packed = false;
        try {
            FrameEncoder.encode(frame, version, octets);
            window.take(octets.readableBytes(), !context.executor().inEventLoop());
            packed = true;
            return new Packet(octets, octets.readableBytes());
        } finally {
            if (!packed) {
                octets.release();
            }
        }
    }

    /** A heart-beat. Loop. */
    Packet beat() {
        window.take(1, false);
        return new Packet(context.alloc().buffer(1).writeByte('\n'), 1);
    }

    /** Loop. */
    void write(Packet packet) {
        context.write(packet.octets).addListener(written -> {
            window.giveBack(packet.size);
            onWritten.run();
        });
        flushSoon();
    }

    /** Any thread. */
    void drop(Packet packet) {
        packet.octets.release();
        window.giveBack(packet.size);
    }

    /** Behind what waits for the loop already, so that many frames leave at once. */
    private void flushSoon() {
        if (!flushing) {
            flushing = true;
            context.executor().execute(() -> {
                flushing = false;
                context.flush();
            });
        }
    }

    /** Whether everything that was sent has gone. Loop. */
    boolean isIdle() {
        return window.isEmpty() && context.channel().isWritable();
    }

    /** Nobody waits any more. Any thread. */
    void end() {
        window.end();
    }
}
