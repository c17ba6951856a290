/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hoofbeat.protocol.CodecLimits;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.FrameDecoder.Side;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket: what is sent goes through the codec to the session, and what the session writes comes back through it
 * as frames. Everything happens in the calling thread, when it sends or runs.
 */
final class MemoryPeer implements Connection, Sink {
    private final FrameDecoder decoder = new FrameDecoder(Side.SERVER, CodecLimits.DEFAULT);
    private final ByteBuf unread = Unpooled.buffer();
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Frame> received = new ArrayDeque<>();
    private final Session session;
    private volatile boolean awake;
    private boolean paused;
    private boolean reads = true;

    @Nullable CloseReason closed;

    boolean aborted;

    MemoryPeer(Broker broker) {
        this.session = broker.connect(this);
    }

    static MemoryPeer connected(Broker broker, Version version) {
        MemoryPeer peer = new MemoryPeer(broker);
        peer.send("CONNECT\naccept-version:" + version.text() + "\nhost:h\n\n^@");
        peer.expect("CONNECTED");
        return peer;
    }

    Session session() {
        return session;
    }

    /** Text in which ^@ is NUL. */
    void send(String text) {
        unread.writeBytes(text.replace('\0', '?').replace("^@", "\0").getBytes(UTF_8));
        run();
    }

    /** Frames are no longer taken, or are again. */
    void read(boolean reads) {
        awake |= reads && !this.reads;
        this.reads = reads;
        run();
    }

    /** Does what is to be done, until nothing is. */
    void run() {
        boolean busy = true;
        while (busy) {
            busy = false;
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
                busy = true;
            }
            busy |= decode();
            if (awake) {
                awake = false;
                session.outbox().drain(this);
                busy = true;
            }
        }
    }

    private boolean decode() {
        boolean any = false;
        try {
            while (!paused && session.isOpen()) {
                Frame frame = decoder.decode(unread);
                if (frame == null) {
                    break;
                }
                any = true;
                session.onFrame(frame);
                if (session.version() != null) {
                    decoder.use(session.version());
                }
            }
            if (!paused && !session.mayKeepPart(decoder.heldOctets())) {
                session.onFrameGivenUp(decoder.giveUp());
            }
        } catch (ProtocolException e) {
            session.onProtocolViolation(e);
        }
        return any;
    }

    /** The connection breaks. */
    void cut() {
        session.onClosed();
        run();
    }

    Frame expect(String command) {
        run();
        Frame frame = received.poll();
        if (frame == null || !frame.command().name().equals(command)) {
            throw new AssertionError("expected " + command + ", got "
                    + (frame == null ? "nothing" : frame.command() + "\n" + frame.headers() + frame.text()));
        }
        return frame;
    }

    void expectNothing() {
        run();
        if (!received.isEmpty()) {
            throw new AssertionError("expected nothing, got " + received.peek());
        }
    }

    List<Frame> received() {
        run();
        List<Frame> all = new ArrayList<>(received);
        received.clear();
        return all;
    }

    // ---- Connection

    @Override
    public void wake() {
        awake = true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void pauseReads() {
        paused = true;
    }

    @Override
    public void resumeReads() {
        paused = false;
    }

    @Override
    public void close(CloseReason reason, String text) {
        closed = reason;
    }

    @Override
    public void abort() {
        aborted = true;
        session.onClosed();
    }

    @Override
    public ConnectionInfo info() {
        return new ConnectionInfo("memory", "127.0.0.1", 0, null, null, System.nanoTime());
    }

    // ---- Sink

    @Override
    public boolean hasRoom() {
        return reads;
    }

    @Override
    public void frame(Frame frame) {
        received.add(frame);
    }

    @Override
    public void message(Subscription subscription, Message message, @Nullable Delivery delivery) {
        Version version = session.version() == null ? Version.V1_0 : session.version();
        FrameDecoder own = new FrameDecoder(Side.CLIENT, CodecLimits.DEFAULT);
        own.use(version);
        ByteBuf out = Unpooled.buffer();
        out.writeBytes(subscription.head(message, delivery));
        out.writeBytes(message.tail(version));
        if (message.isLarge()) {
            out.writeBytes(message.body());
            out.writeByte(0);
        }
        Frame frame = own.decode(out);
        if (frame == null || out.isReadable()) {
            throw new AssertionError("not one frame");
        }
        received.add(frame);
    }

    @Override
    public void beat() {}
}
