/* SPDX-License-Identifier: Apache-2.0 */
package io.hoofbeat.server;

import io.hoofbeat.broker.Session;
import io.hoofbeat.protocol.Frame;
import io.hoofbeat.protocol.FrameDecoder;
import io.hoofbeat.protocol.ProtocolException;
import io.hoofbeat.protocol.Version;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was read from a peer, on its way to the session as frames.
 *
 * <p>While the session wants none, a bounded number of octets is read ahead: a WebSocket Ping among them is answered, and a short
 * pause need not be told to the kernel. Beyond that reading stops, which the channel sees by {@link #hasRoom}. Event loop.
 */
final class Intake {
    /** How much is read ahead of a session that has paused. */
    private static final int AHEAD = 64 * 1024;

    /** After so many octets in one go others have their turn: compression can make them of very few. */
    private static final int TURN = 1024 * 1024;

    /** The same after so much work: a tiny frame can be for thousands. It is some ten milliseconds; less would spoil the batches of fan-out. */
    private static final int WORK = 128 * 1024;

    /** Without a CONNECT, which may have line ends before it and has a limit of its own. */
    private static final int MOST_BEFORE = 64 * 1024;

    private final Session session;
    private final Framing framing;
    private final FrameDecoder decoder;

    /** Sees frames before the session does. */
    private final Predicate<Frame> gate;

    private @Nullable Version version;
    private boolean isPaused;

    /** Whether the gate has taken a frame, and will say when it goes on. */
    private boolean isHeldUp;

    private boolean isWorking;
    private int turn;
    private long workBefore;
    /** Octets that came while no version was fixed. */
    private int before;

    /** STOMP octets that the session was not ready for; null if there are none. */
    private @Nullable ByteBuf ahead;

    /** What was read and not looked at; null if there is nothing. */
    private @Nullable ByteBuf rest;

    /** @param gate tells whether the session is to have a frame; after one that it is not to have, nothing is taken until {@link #letGo} */
    Intake(Session session, Framing framing, FrameDecoder decoder, Predicate<Frame> gate) {
        this.gate = gate;
        this.session = session;
        this.framing = framing;
        this.decoder = decoder;
    }

    @Nullable Version version() {
        return version;
    }

    boolean isPaused() {
        return isPaused || isHeldUp;
    }

    void pause() {
        isPaused = true;
    }

    /** What is here already is for {@link #proceed}. */
    void resume() {
        isPaused = false;
    }

    /** Takes nothing, as if the gate had just taken a frame. */
    void holdUp() {
        isHeldUp = true;
    }

    /** The opposite; what is here already is for {@link #proceed}. */
    void letGo() {
        isHeldUp = false;
    }

    /** Whether more should be read. */
    boolean hasRoom() {
        if (rest != null || (ahead != null && !isPaused())) {
            return false;
        }
        return !isPaused() || (version != null && (ahead == null || ahead.readableBytes() < AHEAD));
    }

    /** Whether everything that was read has reached the session. */
    boolean isEmpty() {
        return ahead == null && rest == null && !isHeldUp;
    }

    boolean isInsideFrame() {
        return decoder.isInsideFrame();
    }

    /** Takes over what was read. */
    void add(ByteBuf in, ByteBufAllocator allocator) {
        if (rest == null) {
            rest = in;
        } else if (rest instanceof CompositeByteBuf several) {
            several.addComponent(true, in);
        } else {
            rest = allocator.compositeBuffer(64).addComponents(true, rest, in);
        }
    }

    /** Others have had theirs. */
    void nextTurn() {
        turn = 0;
        workBefore = session.work();
    }

    private boolean isTurnOver() {
        return turn >= TURN || session.work() - workBefore >= WORK;
    }

    /**
     * Gives the session what it takes, until its turn is over.
     *
     * @return whether there is more for another turn
     * @throws WebSocketException if the framing is broken
     */
    boolean proceed(ByteBufAllocator allocator) {
        if (isWorking) {
            return false;
        }
        isWorking = true;
        try {
            fixVersion();
            decodeAhead();
            while (rest != null && !isTurnOver() && (ahead == null || ahead.readableBytes() < AHEAD)) {
                ByteBuf piece = framing.next(rest);
                if (piece == null) {
                    rest.release();
                    rest = null;
                } else {
                    decode(piece);
                    keep(piece, allocator);
                }
            }
            return isTurnOver() && (rest != null || (ahead != null && !isPaused()));
        } finally {
            isWorking = false;
        }
    }

    private void decodeAhead() {
        if (ahead != null && !isPaused()) {
            decode(ahead);
            if (!ahead.isReadable() || !session.isOpen()) {
                ahead.release();
                ahead = null;
            }
        }
    }

    private void decode(ByteBuf octets) {
        int length = octets.readableBytes();
        try {
            while (!isPaused() && session.isOpen() && !isTurnOver()) {
                Frame frame = decoder.decode(octets);
                if (frame == null) {
                    break;
                }
                if (gate.test(frame)) {
                    session.onFrame(frame);
                } else {
                    isHeldUp = true;
                }
                fixVersion();
            }
            if (!isPaused() && !session.mayKeepPart(decoder.heldOctets())) {
                session.onFrameGivenUp(decoder.giveUp());
            }
        } catch (ProtocolException violation) {
            session.onProtocolViolation(violation);
        }
        count(length - octets.readableBytes());
        forgetFrameOfEndedSession();
    }

    /** The connection may stay for a while, to be listened to and not heard. */
    private void forgetFrameOfEndedSession() {
        if (!session.isOpen()) {
            decoder.giveUp();
        }
    }

    private void count(int octets) {
        turn += octets;
        if (version == null) {
            before += octets;
            if (before > MOST_BEFORE && session.isOpen() && !isPaused()) {
                session.onProtocolViolation(new ProtocolException(
                        ProtocolException.Kind.HEADERS_TOO_LARGE,
                        "more than " + MOST_BEFORE + " octets and no complete CONNECT"));
            }
        }
    }

    /** Whatever comes behind CONNECT is read in the version that it led to (S11-VER-5). */
    private void fixVersion() {
        if (version == null) {
            version = session.version();
            if (version != null) {
                decoder.use(version);
            }
        }
    }

    private void keep(ByteBuf piece, ByteBufAllocator allocator) {
        if (!session.isOpen()) {
            piece.skipBytes(piece.readableBytes());
        } else if (piece.isReadable()) {
            if (ahead == null) {
                ahead = allocator.buffer(piece.readableBytes());
            }
            ahead.writeBytes(piece);
        }
    }

    /** The session has ended: what was read is looked at for what concerns the framing alone, and forgotten. */
    void skip(ByteBufAllocator allocator) {
        if (!isWorking) {
            forgetFrameOfEndedSession();
            isPaused = false;
            isHeldUp = false;
            nextTurn();
            try {
                proceed(allocator);
            } catch (WebSocketException e) {
                // Its mistakes are of no interest any more.
            }
            release();
        }
    }

    /** Forgets what was read. */
    void release() {
        if (isWorking) {
            return;
        }
        if (ahead != null) {
            ahead.release();
            ahead = null;
        }
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
