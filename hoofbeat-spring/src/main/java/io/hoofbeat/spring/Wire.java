/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.spring;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Command;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.WebSocketSession;

/**
 * What is known of a WebSocket session beside Spring: its decoder, the version that it speaks, when it was heard last.
 *
 * <p>Spring's codec does not know whose octets it has before it; the thread does, while it is {@link #within}. Read from by one thread at
 * a time.
 */
final class Wire {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    private static final ThreadLocal<@Nullable Wire> CURRENT = new ThreadLocal<>();

    private final WebSocketSession session;

    /** Null if frames come whole, by {@link #take}. */
    private final @Nullable FrameDecoder decoder;

    /** Null unless it is a socket of ours. */
    private final @Nullable NativeConnection owner;

    private @Nullable Frame taken;
    private long lineEnds;
    private boolean isOpening;
    private @Nullable ProtocolException violation;

    /** Null until CONNECT has come. */
    private volatile @Nullable Version version;

    private volatile long lastReadNanos = System.nanoTime();
    private volatile boolean isInsideFrame;

    Wire(WebSocketSession session, CodecLimits limits) {
        this.session = session;
        this.owner = null;
        this.decoder = new FrameDecoder(FrameDecoder.Side.SERVER, limits);
    }

    /** Of a socket of ours, which decodes by itself. */
    Wire(WebSocketSession session, NativeConnection owner) {
        this.session = session;
        this.owner = owner;
        this.decoder = null;
    }

    /** The connection behind a socket of ours; null if it is another. */
    @Nullable NativeConnection owner() {
        return owner;
    }

    /** The frame that is to come out of {@link #decode}. */
    void take(Frame frame) {
        taken = frame;
    }

    /** Does something that concerns this session; meanwhile it is the {@link #current}. */
    void within(Action action) throws Exception {
        lastReadNanos = System.nanoTime();
        CURRENT.set(this);
        try {
            action.run();
        } finally {
            CURRENT.remove();
        }
    }

    /** What may fail in any way. */
    interface Action {
        void run() throws Exception;
    }

    /** The session that this thread is reading from; null if it is none. */
    static @Nullable Wire current() {
        return CURRENT.get();
    }

    WebSocketSession session() {
        return session;
    }

    /** What is written from now on gathers, until it is {@link #flush flushed}. @return whether the container can do that */
    boolean gather() {
        return ContainerSockets.begin(session);
    }

    /** Writes what has gathered. It may block. */
    void flush() {
        try {
            ContainerSockets.end(session);
        } catch (IOException | RuntimeException e) { // of whatever container; it has closed the socket, or will
            LOG.debug("{} could not be written to", session.getId(), e);
        }
    }

    @Nullable Version version() {
        return version;
    }

    long lastReadNanos() {
        return lastReadNanos;
    }

    boolean isInsideFrame() {
        return isInsideFrame;
    }

    /**
     * Takes all octets. If they are no STOMP, a {@link #takeViolation} is left.
     *
     * @return the frames that are complete; a null among them is a heart-beat
     */
    List<@Nullable Frame> decode(ByteBuffer octets) {
        List<@Nullable Frame> frames = new ArrayList<>(1);
        if (decoder == null) {
            handOver(frames);
            return frames;
        }
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        try {
            for (Frame frame = decoder.decode(in); frame != null; frame = decoder.decode(in)) {
                fixVersion(frame);
                frames.add(frame);
            }
        } catch (ProtocolException e) {
            violation = e;
        }
        octets.position(octets.limit());
        isInsideFrame = decoder.isInsideFrame();
        if (decoder.lineEnds() != lineEnds && frames.isEmpty()) {
            frames.add(null);
        }
        lineEnds = decoder.lineEnds();
        return frames;
    }

    private void handOver(List<@Nullable Frame> frames) {
        Frame frame = taken;
        taken = null;
        if (frame != null) {
            try {
                fixVersion(frame);
                frames.add(frame);
            } catch (ProtocolException e) {
                violation = e;
            }
        }
    }

    /** Why nothing more can be read; null if it can. It is told once. */
    @Nullable ProtocolException takeViolation() {
        ProtocolException taken = violation;
        violation = null;
        return taken;
    }

    void violate(ProtocolException why) {
        violation = why;
    }

    /** What follows CONNECT is read in the version that it leads to (S11-VER-5), which does not need the broker's answer to be known. */
    private void fixVersion(Frame frame) {
        if (frame.command() == Command.CONNECT || frame.command() == Command.STOMP) {
            if (isOpening) {
                throw new ProtocolException(
                        ProtocolException.Kind.BAD_FRAME,
                        "already connected",
                        frame.command().name(),
                        frame.headers().get("receipt"));
            }
            isOpening = true;
            Version highest = Version.highestOf(frame.headers().get("accept-version"));
            if (highest != null) {
                version = highest;
                if (decoder != null) {
                    decoder.use(highest);
                }
            }
        }
    }
}
